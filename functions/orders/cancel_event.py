"""POST /organizer/events/{eventId}/cancel: it does not take place, and everybody gets everything back."""

from __future__ import annotations

from datetime import datetime

import catalog
from catalog import EventNotSellable
from kit.auth import ORGANIZER
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint
from orders import changing
from orders.changing import Progress


@endpoint(callers=ORGANIZER, status=202, raises=(NotFound, EventNotSellable, Busy))
def handler(call: Call) -> Progress:
    """For good. Asked again, it goes on where it was stopped, with what is left and what failed."""
    return cancel_event(call.path["eventId"], call.now)


def cancel_event(event_id: str, now: datetime) -> Progress:
    """Sales end before the first order is looked up, so that none is missed. Raises NotFound, EventNotSellable."""
    catalog.mark_cancelled(event_id)
    return changing.carry_on(event_id, "cancelled", "cancelled", now)
