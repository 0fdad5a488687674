"""Charts and pictures on their way in: where an organizer may put a file, and how large it may be."""

from __future__ import annotations

import msgspec

from catalog.drawings import object_size, read_object
from kit import ids
from kit.errors import NotFound, TooLarge
from kit.settings import client, env

UPLOAD_BYTES_MAX = 20 * 1024 * 1024
UPLOAD_SECONDS = 900


class Upload(msgspec.Struct, frozen=True, rename="camel"):
    """Send the file with `method` and exactly these `headers` to `url` before `expires_in_seconds` are over."""

    upload_id: str
    method: str
    url: str
    headers: dict[str, str]
    expires_in_seconds: int


def open_upload(person_id: str, upload_id: str, size_bytes: int, bytes_max: int = UPLOAD_BYTES_MAX) -> Upload:
    """A signed address that takes one file of exactly this size. Raises TooLarge."""
    if size_bytes > bytes_max:
        raise TooLarge(limitBytes=bytes_max)
    url = client("s3").generate_presigned_url(
        "put_object",
        Params={"Bucket": env("BUCKET_CHARTS"), "Key": _key(person_id, upload_id), "ContentLength": size_bytes},
        ExpiresIn=UPLOAD_SECONDS,
    )
    return Upload(upload_id, "PUT", url, {"content-length": str(size_bytes)}, UPLOAD_SECONDS)


def find_upload(person_id: str, upload_id: str, bytes_max: int = UPLOAD_BYTES_MAX) -> None:
    """See that this person uploaded it. Raises NotFound (also: somebody else's), TooLarge."""
    if not ids.is_one("upl", upload_id):
        raise NotFound
    if object_size(_key(person_id, upload_id)) > bytes_max:
        raise TooLarge(limitBytes=bytes_max)


def read_upload(person_id: str, upload_id: str) -> bytes:
    """What this person uploaded. Raises NotFound, TooLarge."""
    return read_object(_key(person_id, upload_id), UPLOAD_BYTES_MAX)


def _key(person_id: str, upload_id: str) -> str:
    return f"uploads/{person_id}/{upload_id}"
