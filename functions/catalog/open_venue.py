"""GET /organizer/venues/{venueId}: the venue as it is at this moment, to be changed."""

from __future__ import annotations

from catalog.events import Venue
from catalog.register import get_venue
from kit.auth import ORGANIZER
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, raises=(NotFound,))
def handler(call: Call) -> Venue:
    """Like the public one, but never from a cache: its `version` is the one to send with a change."""
    return get_venue(call.path["venueId"])
