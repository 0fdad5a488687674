"""Setting names in type, whatever is in them: strange scripts, control characters, a hundred letters.

Archivo is the face of the house and covers Latin. DejaVu Sans stands in for Greek, Cyrillic, Armenian,
Georgian, Hebrew, Arabic and many signs (right-to-left words are turned round; Arabic letters are not joined).
What neither has, such as Chinese or an emoji, shows as an empty box; it never stops the page.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "Archivo-Regular"
SEMI_BOLD = "Archivo-SemiBold"
EXTRA_BOLD = "Archivo-ExtraBold"
STAND_IN = "DejaVuSans"
BOX = "□"
FOLDER = Path(__file__).parent / "fonts"
_WORD = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]+"
_RIGHT_TO_LEFT = re.compile(f"{_WORD}(?: +{_WORD})*")


def width(text: str, font: str, size: float) -> float:
    """How far `draw` gets."""
    return sum(float(pdfmetrics.stringWidth(part, name, size)) for name, part in _parts(text, font))


def draw(canvas: Any, x: float, y: float, text: str, font: str, size: float, *, spacing: float = 0) -> None:
    """One line from x to the right, on the baseline y."""
    line = canvas.beginText(x, y)
    line.setCharSpace(spacing)
    for name, part in _parts(text, font):
        line.setFont(name, size)
        line.textOut(part)
    canvas.drawText(line)


def fit(text: str, font: str, sizes: tuple[float, ...], room: float, lines_max: int = 1) -> tuple[float, list[str]]:
    """The largest of the sizes (descending) at which the text fits; at the smallest it is cut short."""
    for size in sizes:
        lines = _wrap(text, font, size, room)
        if len(lines) <= lines_max and all(width(line, font, size) <= room for line in lines):
            return size, lines
    kept = _wrap(text, font, sizes[-1], room)[:lines_max]
    return sizes[-1], [*kept[:-1], _cut(kept[-1], font, sizes[-1], room)]


def _wrap(text: str, font: str, size: float, room: float) -> list[str]:
    """Lines broken at spaces; a word wider than the room stays whole."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, font, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cut(line: str, font: str, size: float, room: float) -> str:
    while line and width(f"{line}…", font, size) > room:
        line = line[:-1]
    return f"{line}…"


def _parts(text: str, font: str) -> list[tuple[str, str]]:
    """The text as it is drawn, left to right, in runs of one font."""
    _register()
    turned = _RIGHT_TO_LEFT.sub(lambda found: found[0][::-1], text)
    known, stand_in = _glyphs(font), _glyphs(STAND_IN)
    shown = (char if ord(char) in known or ord(char) in stand_in else BOX for char in turned)
    runs = groupby(shown, key=lambda char: font if ord(char) in known else STAND_IN)
    return [(name, "".join(chars)) for name, chars in runs]


def _glyphs(font: str) -> dict[int, Any]:
    glyphs: dict[int, Any] = pdfmetrics.getFont(font).face.charToGlyph
    return glyphs


@cache
def _register() -> None:
    for name in (REGULAR, SEMI_BOLD, EXTRA_BOLD, STAND_IN):
        pdfmetrics.registerFont(TTFont(name, FOLDER / f"{name}.ttf"))
