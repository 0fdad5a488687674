"""POST /organizer/venues: a venue, before its first event."""

from __future__ import annotations

from msgspec.structs import asdict

from catalog import register
from catalog.events import NewVenue, Venue, is_timezone
from catalog.identity import identify
from kit.auth import ORGANIZER
from kit.errors import IdempotencyKeyRequired, IdempotencyMismatch, Invalid
from kit.http import Call, endpoint


@endpoint(
    callers=ORGANIZER, status=201, idempotency_key="optional", raises=(IdempotencyKeyRequired, IdempotencyMismatch)
)
def handler(call: Call, body: NewVenue) -> Venue:
    """Create a venue."""
    if not is_timezone(body.timezone):
        raise Invalid("timezone must be an IANA name, such as Europe/Vienna.", field="timezone")
    venue_id, asked = identify(call, "ven")
    return register.add(Venue(venue_id=venue_id, **asdict(body)), asked)
