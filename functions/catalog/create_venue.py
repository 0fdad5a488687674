"""POST /organizer/venues: a venue, before its first event."""

from __future__ import annotations

from msgspec.structs import asdict

from catalog.events import NewVenue, Venue, is_timezone
from catalog.store import save_venue
from kit import ids
from kit.auth import ORGANIZER
from kit.errors import Invalid
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, status=201)
def handler(call: Call, body: NewVenue) -> Venue:
    """Create a venue."""
    if not is_timezone(body.timezone):
        raise Invalid("timezone must be an IANA name, such as Europe/Vienna.", field="timezone")
    venue = Venue(venue_id=ids.new("ven", call.now), **asdict(body))
    save_venue(venue)
    return venue
