"""Lists in pages: a limit, and a cursor that only we can make and only its own list and reader can use."""

from __future__ import annotations

import base64
import hmac
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kit import settings
from kit.errors import Problem

LIMIT_MAX = 100
MAC_BYTES = 16


class InvalidCursor(Problem):
    status, title = 400, "This cursor is not one of ours for this list"


class PageQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of every list but the search."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MAX)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


def seal(position: str, *audience: str) -> str:
    """The cursor of a position, for one list and one reader: `seal(last_key, "orders", person_id)`."""
    return _encode(_mac(position, audience) + position.encode())


def unseal(cursor: str, *audience: str) -> str:
    """The position in a cursor. Raises InvalidCursor: tampered with, or another list's or reader's."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        mac, position = raw[:MAC_BYTES], raw[MAC_BYTES:].decode()
    except ValueError as error:
        raise InvalidCursor from error
    if not hmac.compare_digest(mac, _mac(position, audience)) or _encode(raw) != cursor:
        raise InvalidCursor
    return position


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(position: str, audience: tuple[str, ...]) -> bytes:
    secret = settings.secret("SECRET_SIGNING").encode()
    key = HKDF(SHA256(), length=32, salt=None, info=b"boxoffice cursors").derive(secret)
    return hmac.digest(key, "\x1f".join((*audience, position)).encode(), "sha256")[:MAC_BYTES]
