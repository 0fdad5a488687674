"""Names inside a chart: labels people read, and the keys made from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

LABEL_LENGTH_MAX = 80
SECTION_KEY = r"[a-z0-9]{1,16}"
CATEGORY_KEY = r"[a-z0-9][a-z0-9_-]{0,31}"
SECTION_KEY_LENGTH_MAX = 16
CATEGORY_KEY_LENGTH_MAX = 32
PALETTE = ("#3b6fb6", "#c2543d", "#4c9a6a", "#8a5fb0", "#c98a1b", "#2f9aa0", "#b54a82", "#6b7280")


def clean(label: str) -> str:
    """A label without control and direction characters, its spaces single, of bearable length."""
    visible = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in label)
    return " ".join(visible.split())[:LABEL_LENGTH_MAX]


def unique(wanted: str, taken: Container[str]) -> str:
    """The label, or the label with the first free number behind it: `A (2)`."""
    label, number = wanted, 2
    while label in taken:
        ending = f" ({number})"
        label, number = wanted[: LABEL_LENGTH_MAX - len(ending)] + ending, number + 1
    return label


def section_key(label: str, taken: Container[str]) -> str:
    """A key for seat ids, from letters and digits of the label; `s` where it has none of ours."""
    return _key(_ascii(label).replace("-", ""), "s", "", SECTION_KEY_LENGTH_MAX, taken)


def category_key(label: str, taken: Container[str] = ()) -> str:
    """A key for price lists, such as `goal-stands`."""
    return _key(_ascii(label), "category", "-", CATEGORY_KEY_LENGTH_MAX, taken)


def is_color(color: str) -> bool:
    """Six hex digits, as style sheets write them."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", color) is not None


def color(index: int) -> str:
    """The palette's colors in turn."""
    return PALETTE[index % len(PALETTE)]


def _ascii(label: str) -> str:
    folded = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def _key(wanted: str, fallback: str, joint: str, length_max: int, taken: Container[str]) -> str:
    stem = wanted[:length_max].strip("-") or fallback
    key, number = stem, 2
    while key in taken:
        ending = f"{joint}{number}"
        key, number = stem[: length_max - len(ending)] + ending, number + 1
    return key
