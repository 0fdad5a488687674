"""The Idempotency-Keys of a person's holds of an event: a request that comes again makes no second hold.

The claim has the last one beside its hold; of those before it keeps these.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from inventory.problems import HoldExpired
from kit.errors import IdempotencyMismatch

KEPT = timedelta(hours=24)
KEPT_MAX = 40
"""What the pace of holds lets through in two minutes, and more than people click in a day."""


class Used(NamedTuple):
    """The digests of a key and of the request that came with it, and when another hold followed."""

    key: str
    asked: str
    at: datetime


def kept(used: Iterable[Used], now: datetime) -> list[Used]:
    """Those that may still come again, the last ones."""
    return [one for one in used if now < one.at + KEPT][-KEPT_MAX:]


def check(used: Iterable[Used], key: str, asked: str) -> None:
    """The key is new. Raises HoldExpired where the hold that it was for has gone; IdempotencyMismatch."""
    for one in used:
        if one.key == key:
            raise HoldExpired if one.asked == asked else IdempotencyMismatch
