"""Whether an event is being sold at this moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import catalog
from catalog import Event
from inventory import presales
from inventory.presales import Code
from inventory.problems import EventCancelled, EventMoved, EventOver, NotOnSaleYet
from kit.clock import rfc3339
from kit.errors import NotFound

REMEMBERED = timedelta(seconds=5)
"""A cancelled event is held by no function longer than this; what is sold is checked at once."""
REMEMBERED_MAX = 256
_remembered: dict[str, tuple[datetime, Event]] = {}


def event_on_sale(event_id: str, person_id: str, presale_code: str, now: datetime) -> tuple[Event, Code | None]:
    """On sale to everybody, or to who has a code: the one that this person's hold has to use.

    Raises NotFound, NotOnSaleYet, PresaleCodeInvalid, EventOver, EventCancelled, EventMoved.
    """
    event = known_event(event_id, now)
    _check_stands(event)
    if now >= event.sale_ends_at:
        raise EventOver(saleEndsAt=rfc3339(event.sale_ends_at))
    if event.status != "on_sale":
        raise NotOnSaleYet(onSaleAt=rfc3339(event.on_sale_at))
    code = presales.check(event, person_id, presale_code, now) if now < event.on_sale_at else None
    return event, code


def check_stands(event_id: str) -> None:
    """The event was neither cancelled nor moved, as of this moment. Raises EventCancelled, EventMoved."""
    _check_stands(catalog.get_event(event_id))


def _check_stands(event: Event) -> None:
    if event.status == "cancelled":
        raise EventCancelled
    if event.status == "moved":
        raise EventMoved


def shown_event(event_id: str, now: datetime) -> Event:
    """One whose seats exist, whether or not they can be bought today. Raises NotFound, NotOnSaleYet."""
    event = known_event(event_id, now)
    if event.seat_count == 0:
        raise NotOnSaleYet(onSaleAt=rfc3339(event.on_sale_at))
    return event


def known_event(event_id: str, now: datetime) -> Event:
    """The event as it was at most five seconds ago. Raises NotFound, also for a draft."""
    read_at, event = _remembered.get(event_id, (None, None))
    if read_at is None or event is None or not read_at <= now < read_at + REMEMBERED:
        event = catalog.get_event(event_id)
        if len(_remembered) >= REMEMBERED_MAX:
            _remembered.clear()
        _remembered[event_id] = (now, event)
    if event.status == "draft":
        raise NotFound
    return event
