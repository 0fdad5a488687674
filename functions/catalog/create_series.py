"""POST /organizer/series: a series, to which events can belong."""

from __future__ import annotations

from msgspec.structs import asdict

from catalog import register
from catalog.artists import NewSeries, Series
from catalog.identity import identify
from kit.auth import ORGANIZER
from kit.errors import IdempotencyKeyRequired, IdempotencyMismatch
from kit.http import Call, endpoint


@endpoint(
    callers=ORGANIZER, status=201, idempotency_key="optional", raises=(IdempotencyKeyRequired, IdempotencyMismatch)
)
def handler(call: Call, body: NewSeries) -> Series:
    """Create a series."""
    series_id, asked = identify(call, "ser")
    return register.add(Series(series_id=series_id, **asdict(body)), asked)
