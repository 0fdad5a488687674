"""Text as people look for it: without case, accents and signs, cut into words, in any script."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

WORD_LENGTH_MAX = 20
"""A longer word is cut here, in the index and in the question."""
JOINED_LENGTH_MAX = 16
PLAIN = re.compile(r"[a-z0-9]+")
APOSTROPHES = re.compile("(?<=\\w)['’ʼ`´](?=\\w)")
NOT_DECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
"""Letters whose stroke is no accent to Unicode."""
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff]+"
)
"""Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, kana and Han."""


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """What makes two spellings of one name the same."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(NOT_DECOMPOSED))
    return unicodedata.normalize("NFC", "".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def key_of(name: str) -> str:
    """What two ways to write one name have in common."""
    return " ".join(words_of(name)) or fold(name).strip()


def words_of(text: str) -> list[str]:
    """The words of a question, in order. Unspaced scripts come as pairs of neighbours."""
    return [piece for word in _spaced(text) for piece in _pieces(word, ends=False)]


def indexed_words(text: str) -> list[str]:
    """The words something is found by: also its neighbours written as one, as in "acdc" for AC/DC."""
    spaced = _spaced(text)
    found = [piece for word in spaced for piece in _pieces(word, ends=True)]
    joined = (a + b for a, b in pairwise(spaced))
    return found + [word for word in joined if len(word) <= JOINED_LENGTH_MAX]


def _spaced(text: str) -> list[str]:
    folded = fold(text)
    if folded.isascii():
        if "'" in folded or "`" in folded:
            folded = APOSTROPHES.sub("", folded)
        return [word[:WORD_LENGTH_MAX] for word in PLAIN.findall(folded)]
    kept = (sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in APOSTROPHES.sub("", folded))
    return [word if UNSPACED.search(word) else word[:WORD_LENGTH_MAX] for word in "".join(kept).split()]


def _pieces(word: str, *, ends: bool) -> list[str]:
    if word.isascii() or not UNSPACED.search(word):
        return [word]
    pieces: list[str] = []
    position = 0
    for run in UNSPACED.finditer(word):
        pieces += [word[position : run.start()]] if run.start() > position else []
        signs = run[0]
        pieces += [a + b for a, b in pairwise(signs)]
        pieces += [signs[-1]] if ends or len(signs) == 1 else []
        position = run.end()
    return pieces + ([word[position:]] if position < len(word) else [])
