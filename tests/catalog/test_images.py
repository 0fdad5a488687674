"""Pictures: what is kept of an upload, and what is none."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from PIL import Image

from kit import settings
from tests import harness
from tests.catalog.conftest import NOW, OLGA, upload

pytestmark = pytest.mark.usefixtures("shared_aws")
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind: str, size: tuple[int, int] = (2000, 1000), mode: str = "RGB", **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#c03").save(out, kind, **how)
    return out.getvalue()


def keep(raw: bytes, person: str = "olga") -> tuple[int, Any]:
    body = {"uploadId": upload(raw, person)}
    return harness.call("catalog.keep_image", body=body, now=NOW, **OLGA)[:2]


def kept(address: str, width: int) -> tuple[Image.Image, dict[str, Any]]:
    key = address.removeprefix("/").replace("1280.webp", f"{width}.webp")
    found = settings.client("s3").get_object(Bucket="test-charts", Key=key)
    return Image.open(io.BytesIO(found["Body"].read())), dict(found)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
)
def test_a_picture_is_kept_in_three_widths(kind: str, mode: str) -> None:
    status, answer = keep(picture(kind, mode=mode))
    assert (status, answer["widths"]) == (201, [320, 640, 1280]), answer
    for width in (320, 640, 1280):
        image, stored = kept(answer["imageUrl"], width)
        assert (image.format, image.size) == ("WEBP", (width, width // 2))
        assert (stored["ContentType"], stored["CacheControl"]) == ("image/webp", "public, max-age=86400")
    assert keep(picture(kind, mode=mode))[1] == answer, "the same file is the same picture"


def test_a_small_picture_is_not_blown_up() -> None:
    status, answer = keep(picture("PNG", (200, 300)))
    assert status == 201 and kept(answer["imageUrl"], 1280)[0].size == (200, 300)


def test_it_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    status, answer = keep(picture("JPEG", (800, 400), exif=exif))
    image, _ = kept(answer["imageUrl"], 1280)
    assert (status, image.size, dict(image.getexif())) == (201, (400, 800), {})


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 30,000 by 30,000."""
    raw = bytearray(picture("PNG", (10, 10)))
    raw[16:24] = (30_000).to_bytes(4, "big") * 2
    raw[29:33] = zlib.crc32(raw[12:29]).to_bytes(4, "big")
    return bytes(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(SCRIPT, id="svg"),
        pytest.param(b"<html><script>alert(1)</script>", id="a page"),
        pytest.param(picture("GIF"), id="gif"),
        pytest.param(picture("JPEG")[:600], id="cut"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + SCRIPT, id="png in name"),
        pytest.param(bomb(), id="bomb"),
        pytest.param(picture("PNG", (20, 17_000)), id="a strip"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    status, problem = keep(raw)
    assert (status, problem["type"].rpartition("/")[2]) == (422, "invalid-image")


def test_too_large_is_said_before_and_after_the_upload() -> None:
    most = 10 * 1024 * 1024
    for size, expected in ((most, 201), (most + 1, 413)):
        body = {"sizeBytes": size}
        assert harness.call("catalog.request_image_upload", body=body, now=NOW, **OLGA)[0] == expected
    assert keep(b"0" * (most + 1))[0] == 413


def test_somebody_elses_upload_is_not_there() -> None:
    assert keep(picture("PNG", (10, 10)), person="oscar")[0] == 404
