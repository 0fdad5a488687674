"""Time enters once: an entry point reads `now` and passes it down."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The current time, in UTC, in whole milliseconds: what is written down and read again is the same."""
    return from_ms(time.time_ns() // 1_000_000)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since the epoch."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The inverse of `to_ms`."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def rfc3339(moment: datetime) -> str:
    """UTC, milliseconds, `Z`: sorts as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
