"""GET /organizer/events/{eventId}/cancellation: how far refunding, or telling the buyers of a new date, has come."""

from __future__ import annotations

from kit.auth import ORGANIZER
from kit.errors import NotFound
from kit.http import Call, endpoint
from orders import changing
from orders.changing import Progress


@endpoint(callers=ORGANIZER, raises=(NotFound,))
def handler(call: Call) -> Progress:
    return changing.progress_of(call.path["eventId"])
