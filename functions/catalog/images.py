"""Pictures of events and artists: what an upload must be, and what is kept of it.

Nothing of a stranger's file is served: it is decoded, turned upright and encoded anew, without its metadata (a
photograph may say where it was taken). What does not decode is refused, whatever its name says; SVG, which may
carry script, is no picture here.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

from PIL import Image, ImageOps, UnidentifiedImageError

from catalog.problems import InvalidImage

IMAGE_BYTES_MAX = 10 * 1024 * 1024
PIXELS_MAX = 40_000_000
"""A file of kilobytes may unfold to gigabytes."""
FORMATS = ("PNG", "JPEG", "WEBP")
HEIGHT_MAX = 16_383
"""What WebP can be."""
WIDTHS = (320, 640, 1280)
QUALITY = 80


def render(raw: bytes) -> Mapping[int, bytes]:
    """The picture as WebP in each width, none larger than it was. Raises InvalidImage."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise InvalidImage("It has more than 40 million pixels.")
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except UnidentifiedImageError as error:
        raise InvalidImage("It is neither PNG nor JPEG nor WebP.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidImage("It cannot be decoded.") from error
    if plain.height > HEIGHT_MAX:
        raise InvalidImage("It is more than 16,383 pixels high.")
    return {width: _encoded(plain, width) for width in WIDTHS}


def name_of(rendered: Mapping[int, bytes]) -> str:
    """Whatever is served under it never changes."""
    return hashlib.sha256(b"".join(rendered[width] for width in WIDTHS)).hexdigest()


def _encoded(picture: Image.Image, width: int) -> bytes:
    height = max(1, round(picture.height * width / picture.width))
    sized = picture.resize((width, height), Image.Resampling.LANCZOS) if width < picture.width else picture
    out = io.BytesIO()
    sized.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()
