"""GET /events/{eventId}/seatmap: everything a first look at the map needs."""

from __future__ import annotations

from inventory import sales, snapshots
from inventory.maps import SeatMap, seat_map
from inventory.problems import NotOnSaleYet
from kit.auth import PUBLIC
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=PUBLIC, cache_seconds=1, raises=(NotFound, NotOnSaleYet))
def handler(call: Call) -> SeatMap:
    event = sales.shown_event(call.path["eventId"], call.now)
    return seat_map(event, snapshots.load(event.event_id, consistent=True))
