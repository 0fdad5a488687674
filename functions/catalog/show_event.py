"""GET /events/{eventId}: one event with its price list."""

from __future__ import annotations

from catalog.events import Event
from catalog.store import get_event
from kit.auth import PUBLIC
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=PUBLIC, cache_seconds=30, raises=(NotFound,))
def handler(call: Call) -> Event:
    """One event: times, venue, status, ticket types, prices, fees and tax."""
    return get_event(call.path["eventId"])
