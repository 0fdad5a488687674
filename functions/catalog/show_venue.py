"""GET /venues/{venueId}: one venue."""

from __future__ import annotations

from catalog.events import Venue
from catalog.register import get_venue
from kit.auth import PUBLIC
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=PUBLIC, cache_seconds=60, raises=(NotFound,))
def handler(call: Call) -> Venue:
    """One venue: where it is and in which time zone."""
    return get_venue(call.path["venueId"])
