"""POST /organizer/images: an uploaded picture becomes one that events and artists can show."""

from __future__ import annotations

import msgspec

from catalog.drawings import save_image
from catalog.images import IMAGE_BYTES_MAX, WIDTHS, name_of, render
from catalog.problems import InvalidImage
from catalog.uploads import find_upload, read_upload
from kit.auth import ORGANIZER
from kit.errors import NotFound, TooLarge
from kit.http import Call, endpoint


class UploadedImage(msgspec.Struct, frozen=True, rename="camel"):
    upload_id: str


class KeptImage(msgspec.Struct, frozen=True, rename="camel"):
    """`imageUrl` is what events and artists take; the other widths lie beside it, as `/images/<hash>/320.webp`."""

    image_url: str
    widths: list[int]


@endpoint(callers=ORGANIZER, status=201, raises=(NotFound, TooLarge, InvalidImage))
def handler(call: Call, body: UploadedImage) -> KeptImage:
    """Decoded, checked and encoded anew. The same file again is the same picture."""
    return keep_image(call.caller.person_id, body.upload_id)


def keep_image(person_id: str, upload_id: str) -> KeptImage:
    """Raises NotFound, TooLarge, InvalidImage."""
    find_upload(person_id, upload_id, IMAGE_BYTES_MAX)
    rendered = render(read_upload(person_id, upload_id))
    name = name_of(rendered)
    for width, picture in rendered.items():
        save_image(f"images/{name}/{width}.webp", picture)
    return KeptImage(f"/images/{name}/{max(WIDTHS)}.webp", list(WIDTHS))
