"""Statements that only we can make: short enough for a cookie or a header, and checkable at the edge.

`<key id>.<payload>.<mac>`, base64url without padding; HMAC-SHA256 over the statement's kind and the rest, so that a
statement of one kind is never taken for another. CloudFront Functions check the same (`infra/edge/sealed.js`): they can
compute an HMAC and no signature of a JWT. The secret holds a key a line, newest first: the first one seals, the first
two open, so that a change of key refuses nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from functools import cache
from typing import TypeVar

import msgspec

from kit import settings
from kit.errors import Problem

T = TypeVar("T", bound=msgspec.Struct)
KEYS_MAX = 2


class InvalidSeal(Problem):
    """Altered, of another kind, by a key of long ago, or past its time."""

    status, title = 403, "This token is not one of ours, or no longer"


def seal(kind: str, claims: msgspec.Struct) -> str:
    """Seal claims; those with an `exp` (seconds since the epoch) open until then."""
    key_id, key = next(iter(_keys(settings.secret("SECRET_EDGE")).items()))
    head = f"{key_id}.{_encode(msgspec.json.encode(claims))}"
    return f"{head}.{_mac(key, kind, head)}"


def unseal(kind: str, text: str, claims: type[T], now: datetime) -> T:
    """The claims of a statement of ours. Raises InvalidSeal."""
    head, _, mac = text.rpartition(".")
    key_id, _, payload = head.partition(".")
    key = _keys(settings.secret("SECRET_EDGE")).get(key_id)
    if key is None or not hmac.compare_digest(_mac(key, kind, head).encode(), mac.encode()):
        raise InvalidSeal
    opened = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=claims)
    if getattr(opened, "exp", float("inf")) <= now.timestamp():
        raise InvalidSeal
    return opened


@cache
def _keys(secret: str) -> dict[str, bytes]:
    lines = secret.split()[:KEYS_MAX]
    return {hashlib.sha256(line.encode()).hexdigest()[:8]: line.encode() for line in lines}


def _mac(key: bytes, kind: str, head: str) -> str:
    return _encode(hmac.digest(key, f"{kind}.{head}".encode(), "sha256"))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
