"""Words that are spelled almost alike, found in the whole vocabulary at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ONE_TYPO_FROM, TWO_TYPOS_FROM = 4, 8
"""Letters a word must have before one slip, or two, may be meant."""


def typos_allowed(word: str) -> int:
    return (len(word) >= ONE_TYPO_FROM) + (len(word) >= TWO_TYPOS_FROM)


def letters_of(words: Array) -> Array:
    """Which letters a word has, a bit each: words that differ in more letters than typos need no closer look."""
    signs = _signs(words)
    bits = np.where(signs > 0, np.uint64(1) << (signs % 64).astype(np.uint64), np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1))


def distances(word: str, terms: Array) -> tuple[Array, Array]:
    """Slips between a word and each term, and between it and the term's best beginning.

    A slip is one letter too many, missing or wrong, or two neighbours swapped. Computed for all terms together,
    cell by cell of the usual table, and only near its diagonal: beyond two slips the number is only "many".
    """
    signs = _signs(terms).T
    wanted, width = [ord(sign) for sign in word], signs.shape[0]
    many = np.full(signs.shape[1], 9, np.uint8)
    band = typos_allowed(word)
    before: list[Array] = []
    above = [np.full(signs.shape[1], min(j, 9), np.uint8) for j in range(width + 1)]
    for i, letter in enumerate(wanted, 1):
        row = [many] * (width + 1)
        row[0] = np.full(signs.shape[1], min(i, 9), np.uint8)
        for j in range(max(1, i - band), min(width, i + band) + 1):
            same = signs[j - 1] == letter
            cell = np.minimum(np.minimum(above[j], row[j - 1]) + 1, above[j - 1] + ~same)
            if i > 1 and j > 1:
                swapped = (signs[j - 1] == wanted[i - 2]) & (signs[j - 2] == letter)
                cell = np.where(swapped, np.minimum(cell, before[j - 2] + 1), cell)
            row[j] = cell
        before, above = above, row
    last = np.stack(above)
    lengths = (signs > 0).sum(axis=0)
    whole = last[np.minimum(lengths, width), np.arange(len(lengths))]
    beyond = np.arange(width + 1)[:, None] > lengths
    return whole, np.where(beyond, 9, last).min(axis=0)


def _signs(words: Array) -> Array:
    """The code points of each word, zeros behind."""
    return np.ascontiguousarray(words).view(np.uint32).reshape(len(words), words.dtype.itemsize // 4)
