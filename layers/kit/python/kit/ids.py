"""Opaque, sortable ids: a prefix and 10 bytes, as 16 characters of base32hex (RFC 4648 §7, lower case)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
from datetime import datetime

BYTES = 10
_SPELLING = re.compile(r"[0-9a-v]{16}")
SET_BACK_MS = 3_600_000
_one_at_a_time = threading.Lock()
_last = 0


def new(prefix: str, now: datetime, above: str = "") -> str:
    """48 bits of milliseconds since the epoch, then 32 random bits: later ids sort after earlier ones.

    Those of one process do so also within a millisecond, and when its clock is set back by less than an hour.
    With `above` it sorts after that id too, whatever clock that came by.
    """
    global _last
    number = int(now.timestamp() * 1000) << 32 | secrets.randbits(31)
    if above:
        number = max(number, int.from_bytes(to_bytes(above), "big") + 1 + secrets.randbits(31))
    with _one_at_a_time:
        if 0 <= _last - number < SET_BACK_MS << 32:
            number = _last + 1 + secrets.randbits(8)
        _last = number
    return _spell(prefix, number.to_bytes(BYTES, "big"))


def derived(prefix: str, *parts: str) -> str:
    """The same parts give the same id, so that a repeated effect finds what it did the first time."""
    digest = hashlib.sha256("\x1f".join((prefix, *parts)).encode())
    return _spell(prefix, digest.digest()[:BYTES])


def is_one(prefix: str, text: str) -> bool:
    """Whether a stranger's text can be such an id; what cannot is not worth asking a table for."""
    return text.startswith(f"{prefix}_") and _SPELLING.fullmatch(text[len(prefix) + 1 :]) is not None


def to_bytes(identifier: str) -> bytes:
    """The 10 bytes behind an id, whatever its prefix."""
    return base64.b32hexdecode(identifier.rpartition("_")[2].upper())


def from_bytes(prefix: str, raw: bytes) -> str:
    """The inverse of `to_bytes`."""
    return _spell(prefix, raw)


def _spell(prefix: str, raw: bytes) -> str:
    return f"{prefix}_{base64.b32hexencode(raw).decode().lower()}"
