"""Words → the things that have them, in four arrays; answers in the order of fit, typos and beginnings included.

A term's things stand in one slice of `rows`, each with its weight in `weights`; terms are sorted, so that all
terms with one beginning are one slice too. Scores are computed for every thing at once: a hundred thousand
additions cost less than deciding which of them to leave out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.spelling import distances, letters_of, typos_allowed
from search.words import WORD_LENGTH_MAX, indexed_words

Array = NDArray[Any]
GLUE = frozenset(
    (
        "a",
        "an",
        "and",
        "at",
        "de",
        "der",
        "des",
        "di",
        "die",
        "el",
        "für",
        "fur",
        "im",
        "in",
        "la",
        "le",
        "les",
        "of",
        "on",
        "the",
        "und",
        "y",
    )
)
"""Words that help to rank but need not be there, unless nothing else was asked for."""
WEIGHT_MAX = 255
BEGINNING, ONE_TYPO, TWO_TYPOS, BEGINNING_TYPO = 0.8, 0.5, 0.35, 0.3
"""How much a word counts that is not quite the one asked for."""
TYPO_TERMS_MAX = 60
CLOSE_LOOKS_MAX = 12_000
"""Where more terms than these might be meant, only those that begin alike are looked at."""
LAST_SIGN = "\U0010ffff"
WORDS_MAX = 12
"""Of a longer question the rest is not read."""


@dataclass(frozen=True)
class Field:
    """A text that things have: the i-th thing has `texts[of_row[i]]`."""

    texts: Sequence[str]
    of_row: Array
    weight: float


@dataclass(frozen=True)
class Span:
    """Terms from `start` up to `end`, and how well they fit."""

    start: int
    end: int
    fit: float


@dataclass(frozen=True)
class TextIndex:
    """`first[t]` to `first[t + 1]` is the slice of term t."""

    terms: Array
    letters: Array
    first: Array
    rows: Array
    weights: Array
    row_count: int

    def scores(self, words: Sequence[str], *, unfinished: bool = True) -> Array | None:
        """How well each thing fits, 0 for not at all; None when no word was asked for.

        The last word may be `unfinished`. First all words must be there, as written or, where nothing is written so,
        as a typo of it; then any word may be a typo; at last the things that have most of the words do.
        """
        words = list(dict.fromkeys(words))[:WORDS_MAX]
        if not words:
            return None
        needed = [word for word in words if word not in GLUE] or words
        typos: dict[str, list[Span]] = {}
        for always in (False, True):
            found, counts = self._sum(words, needed, unfinished, always, typos)
            if (counts == len(needed)).any():
                return np.where(counts == len(needed), found, 0)
        most = int(counts.max(initial=0))
        enough = most > 0 and 2 * most >= len(needed)
        return np.where(counts == most, found, 0) if enough else np.zeros(self.row_count, np.float32)

    def _sum(
        self,
        words: Sequence[str],
        needed: Sequence[str],
        unfinished: bool,
        always: bool,
        typos: dict[str, list[Span]],
    ) -> tuple[Array, Array]:
        total = np.zeros(self.row_count, np.float32)
        counts = np.zeros(self.row_count, np.uint8)
        for number, word in enumerate(words):
            last = number == len(words) - 1
            spans, exact = self._written(word, (unfinished and last) or always)
            if always or not exact:
                if word not in typos:
                    typos[word] = self._typos(word, unfinished and last)
                spans += typos[word]
            if always and not last:
                spans += self._written(word + words[number + 1], False)[0]
            scores = self._gather(spans)
            total += scores
            if word in needed:
                counts += scores > 0
        return total, counts

    def _written(self, word: str, unfinished: bool) -> tuple[list[Span], bool]:
        """The terms that are this word or, where it is unfinished, begin with it; and whether it is one itself."""
        word = word[:WORD_LENGTH_MAX]
        start = int(np.searchsorted(self.terms, word))
        exact = start < len(self.terms) and bool(self.terms[start] == word)
        spans = [Span(start, start + 1, 1.0)] if exact else []
        if unfinished:
            end = int(np.searchsorted(self.terms, word + LAST_SIGN))
            spans += [Span(start + exact, end, BEGINNING)] if end > start + exact else []
        return spans, exact

    def _typos(self, word: str, unfinished: bool) -> list[Span]:
        word = word[:WORD_LENGTH_MAX]
        allowed = typos_allowed(word)
        if not allowed or not len(self.terms):
            return []
        own = letters_of(np.array([word], dtype=self.terms.dtype))[0]
        missing = np.bitwise_count(own & ~self.letters) <= allowed
        near = np.flatnonzero(missing if unfinished else missing & (np.bitwise_count(~own & self.letters) <= allowed))
        if len(near) > CLOSE_LOOKS_MAX:
            begins, ends = np.searchsorted(self.terms, [word[0], word[0] + LAST_SIGN])
            near = near[(near >= begins) & (near < ends)][:CLOSE_LOOKS_MAX]
        whole, beginning = distances(word, self.terms[near])
        fits = np.select([whole <= 1, (whole <= 2) & (allowed > 1)], [ONE_TYPO, TWO_TYPOS], 0.0)
        if unfinished:
            fits = np.maximum(fits, np.where(beginning <= 1, BEGINNING_TYPO, 0))
        best = np.argsort(-fits, kind="stable")[:TYPO_TERMS_MAX]
        return [Span(int(near[i]), int(near[i]) + 1, float(fits[i])) for i in best if fits[i] > 0]

    def _gather(self, spans: Iterable[Span]) -> Array:
        """Each thing's best fit with any of these terms."""
        scores = np.zeros(self.row_count, np.float32)
        for span in spans:
            start, end = self.first[span.start], self.first[span.end]
            rows, weights = self.rows[start:end], self.weights[start:end] * np.float32(span.fit)
            if span.end - span.start == 1:
                scores[rows] = np.maximum(scores[rows], weights)
            else:
                np.maximum.at(scores, rows, weights)
        return scores


def build_text(row_count: int, fields: Sequence[Field]) -> TextIndex:
    """Index every field's words; of a word that a thing has several times, the best place counts."""
    vocabulary: dict[str, int] = {}
    keys: list[Array] = []
    weights: list[Array] = []
    for field in fields:
        term_ids, starts, shares = _field_terms(field, vocabulary)
        counts = np.diff(starts)[field.of_row]
        rows = np.repeat(np.arange(row_count, dtype=np.int64), counts)
        offsets = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        picked = np.repeat(starts[:-1][field.of_row], counts) + offsets
        keys.append(term_ids[picked] * row_count + rows)
        weights.append(shares[picked])
    return _sorted_index(row_count, vocabulary, np.concatenate(keys), np.concatenate(weights))


def _field_terms(field: Field, vocabulary: dict[str, int]) -> tuple[Array, Array, Array]:
    """The term ids of every distinct text one after the other, where each text begins, and what a word counts."""
    term_ids: list[int] = []
    starts, shares = [0], []
    for text in field.texts:
        words = dict.fromkeys(word[:WORD_LENGTH_MAX] for word in indexed_words(text))
        term_ids += [vocabulary.setdefault(word, len(vocabulary)) for word in words]
        # A word of a short name says more than one of a long one.
        shares += [field.weight / (1 + len(words)) ** 0.25] * len(words)
        starts.append(len(term_ids))
    return np.array(term_ids, np.int64), np.array(starts, np.int64), np.array(shares, np.float32)


def _sorted_index(row_count: int, vocabulary: dict[str, int], keys: Array, weights: Array) -> TextIndex:
    terms = np.array(list(vocabulary), dtype=f"<U{WORD_LENGTH_MAX}")
    order = np.argsort(terms, kind="stable")
    rank = np.empty(len(terms), np.int64)
    rank[order] = np.arange(len(terms))
    if row_count:
        keys = rank[keys // row_count] * row_count + keys % row_count
    by_key = np.lexsort((-weights, keys))
    keys, weights = keys[by_key], weights[by_key]
    best = np.ones(len(keys), bool)
    best[1:] = keys[1:] != keys[:-1]
    keys, weights = keys[best], weights[best]
    of_term, rows = np.divmod(keys, max(row_count, 1))
    first = np.searchsorted(of_term, np.arange(len(terms) + 1)).astype(np.uint32)
    rarity = np.log1p(row_count / np.maximum(np.diff(first), 1)) / np.log1p(max(row_count, 1))
    weights = weights * (0.3 + 0.7 * rarity[of_term])
    scaled = np.ceil(weights / max(float(weights.max(initial=0)), 1e-9) * WEIGHT_MAX)
    terms = terms[order]
    return TextIndex(
        terms=terms,
        letters=letters_of(terms),
        first=first,
        rows=rows.astype(np.uint32),
        weights=scaled.astype(np.uint8),
        row_count=row_count,
    )
