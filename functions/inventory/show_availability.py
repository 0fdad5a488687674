"""GET /events/{eventId}/availability: the map again, without what never changes."""

from __future__ import annotations

from inventory import sales, snapshots
from inventory.maps import Availability, availability
from inventory.problems import NotOnSaleYet
from kit.auth import PUBLIC
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=PUBLIC, cache_seconds=1, raises=(NotFound, NotOnSaleYet))
def handler(call: Call) -> Availability:
    event = sales.shown_event(call.path["eventId"], call.now)
    return availability(event, snapshots.load(event.event_id, consistent=True))
