"""Two pictures of artists, drawn here: what an organizer would upload."""

from __future__ import annotations

import io
import math
from random import Random

from PIL import Image, ImageDraw

SIZE = (1280, 854)


def cymbals() -> bytes:
    """Three cymbals over a row of piano keys, as PNG."""
    picture = Image.new("RGB", SIZE, "#16323b")
    draw = ImageDraw.Draw(picture)
    for x, y, radius, ink in ((330, 300, 250, "#d9a441"), (780, 210, 190, "#e8c36a"), (1060, 400, 230, "#b9822f")):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), ink)
        for ring in range(30, radius, 26):
            draw.ellipse((x - ring, y - ring, x + ring, y + ring), outline="#16323b", width=3)
        draw.ellipse((x - 12, y - 12, x + 12, y + 12), "#f6ead0")
    width = SIZE[0] // 16
    for key in range(16):
        draw.rectangle((key * width, 650, (key + 1) * width - 4, SIZE[1]), "#f6ead0")
    for key in range(15):
        if key % 7 not in (2, 6):
            draw.rectangle(((key + 1) * width - 24, 650, (key + 1) * width + 20, 765), "#0c1c22")
    return _png(picture)


def lights() -> bytes:
    """Beams from above over the heads of a crowd, as PNG."""
    picture = Image.new("RGB", SIZE, "#1d1033")
    draw = ImageDraw.Draw(picture, "RGBA")
    for beam, ink in enumerate(("#ff5d8f", "#ffc93c", "#5a6cff", "#ff8a3d", "#43d9c1", "#ff5d8f")):
        x = 120 + beam * 210
        lean = 260 * math.sin(beam * 1.7)
        draw.polygon([(x - 14, 0), (x + 14, 0), (x + lean + 170, 760), (x + lean - 170, 760)], ink + "8c")
        draw.ellipse((x - 26, -26, x + 26, 26), "#fff6df")
    draw.polygon([(606, 640), (674, 640), (656, 470), (624, 470)], "#0d0718")
    draw.ellipse((612, 404, 668, 472), "#0d0718")
    random = Random(26)  # noqa: S311  the same heads every time
    for row, ink in enumerate(("#2b1a4a", "#1a0f30", "#0d0718")):
        for x in range(-40, SIZE[0] + 40, 74):
            at, y = x + random.randint(-14, 14) + row * 31, 650 + row * 62 + random.randint(-16, 16)
            draw.ellipse((at - 34, y - 38, at + 34, y + 38), ink)
            draw.rounded_rectangle((at - 56, y + 34, at + 56, SIZE[1] + 60), 40, ink)
    return _png(picture)


PICTURES = {"cymbals": cymbals, "lights": lights}


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
