"""Stripe's webhook signatures, verified on the bytes that arrived."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from kit.errors import Problem

TOLERANCE_SECONDS = 300
_UNIX_TIME = re.compile(r"[0-9]{1,12}")


class BadSignature(Problem):
    status, title = 400, "The signature does not match"


def verify(raw: bytes, header: str, secret: str, now: datetime) -> None:
    """Raises BadSignature unless some `v1` of the header signs these bytes, at most 300 s ago.

    https://docs.stripe.com/webhooks#verify-manually
    """
    fields = [field.strip().partition("=") for field in header.split(",")]
    times = [value for name, _, value in fields if name == "t" and _UNIX_TIME.fullmatch(value)]
    if not times or int(now.timestamp()) - int(times[0]) > TOLERANCE_SECONDS:
        raise BadSignature
    expected = hmac.new(secret.encode(), f"{times[0]}.".encode() + raw, hashlib.sha256).hexdigest().encode()
    if not any(name == "v1" and hmac.compare_digest(value.encode(), expected) for name, _, value in fields):
        raise BadSignature
