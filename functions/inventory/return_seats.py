"""ReturnSeats, a step of a cancellation: seats that were sold go back on sale and count for their buyer no more."""

from __future__ import annotations

from datetime import datetime

import msgspec

from inventory import claims, rows
from inventory.holds import end_mark
from inventory.seats import free_after, parse_all
from inventory.writes import Unanswered
from kit.errors import Busy
from kit.step import step


class Returned(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    event_id: str
    person_id: str
    hold_id: str
    seat_ids: list[str]


@step
def handler(returned: Returned, now: datetime) -> None:
    return_seats(returned, now)


def return_seats(returned: Returned, now: datetime) -> None:
    """Those that are still sold to this order; what somebody else has by now is left alone. Raises Busy."""
    try:
        free = free_after(end_mark(returned.hold_id, now))
        rows.give_up(returned.event_id, parse_all(returned.seat_ids), returned.order_id, free)
        claims.disown(returned.person_id, returned.event_id, returned.order_id, returned.seat_ids)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
