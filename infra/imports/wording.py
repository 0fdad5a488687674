"""Texts of other systems, as our API takes them."""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH_MAX = 120
SHOWN_MAX = 40


def plain(text: object) -> str:
    """One line without signs that cannot be seen; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    visible = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)
    return " ".join(visible.split())


def named(text: object, mended: list[str], length_max: int = NAME_LENGTH_MAX) -> str:
    """A name; what had to be done to it is added to `mended`."""
    name = plain(text)
    if isinstance(text, str) and name != text.strip():
        mended.append(f"signs that cannot be seen, or doubled spaces, taken out of {quoted(name)}")
    if len(name) > length_max:
        mended.append(f"{quoted(name)} is cut to {length_max} signs")
        name = name[: length_max - 1].rstrip() + "…"
    return name


def paragraphs(text: object, length_max: int) -> str:
    """A text of several lines, its blank lines single."""
    if not isinstance(text, str):
        return ""
    lines = (plain(line) for line in re.split(r"\r\n|\r|\n", text))
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return joined if len(joined) <= length_max else joined[: length_max - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """As much of it as a report shows."""
    return f"“{text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + '…'}”"
