"""POST /organizer/events/{eventId}/move: another date; buyers are told, and keep their tickets or give them back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

import catalog
from catalog import EventNotSellable
from kit import clock
from kit.auth import ORGANIZER
from kit.errors import Busy, Invalid, NotFound
from kit.http import Call, endpoint
from orders import changing
from orders.changing import Progress

CHOICE = timedelta(days=14)


class NewDate(msgspec.Struct, frozen=True, rename="camel"):
    """Until `keepUntil` who bought before may give tickets back free of charge: 14 days, unless said."""

    starts_at: Annotated[datetime, msgspec.Meta(tz=True)]
    keep_until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


@endpoint(callers=ORGANIZER, status=202, raises=(NotFound, EventNotSellable, Invalid, Busy))
def handler(call: Call, body: NewDate) -> Progress:
    """The event is not sold until it is put on sale again. The same date again goes on telling buyers."""
    return move_event(call.path["eventId"], body, call.now)


def move_event(event_id: str, wanted: NewDate, now: datetime) -> Progress:
    """Raises NotFound, EventNotSellable, Invalid."""
    event = catalog.get_event(event_id)
    if event.status in ("draft", "cancelled"):
        raise EventNotSellable(eventStatus=event.status)
    if event.moved is None or event.starts_at != wanted.starts_at:
        keep_until = wanted.keep_until or min(now + CHOICE, wanted.starts_at)
        try:
            moved = catalog.moved_to(event, wanted.starts_at, keep_until, now)
        except ValueError as problem:
            raise Invalid(f"{problem}.") from problem
        event = catalog.mark_moved(event, moved)
    assert event.moved is not None
    return changing.carry_on(event_id, f"moved-{clock.to_ms(event.moved.moved_at)}", "moved", now)
