"""ReleaseSeats, a step of the purchase that failed: its seats are free again and count for nobody."""

from __future__ import annotations

from datetime import datetime

from inventory import claims, rows
from inventory.holds import end_mark
from inventory.purchase import Purchase
from inventory.seats import free_after, parse_all
from inventory.writes import Unanswered
from kit.errors import Busy
from kit.step import step


@step
def handler(purchase: Purchase, now: datetime) -> dict[str, list[str]]:
    release_seats(purchase, now)
    return {"seatIds": purchase.seat_ids}


def release_seats(purchase: Purchase, now: datetime) -> None:
    """Whatever the order still has, held or sold; a seat that somebody else has by now is left alone.

    Raises Busy.
    """
    claim = claims.load(purchase.person_id, purchase.event_id)
    pinned = claim is not None and claim.order_id == purchase.order_id
    held_until = claims.hold_of(claim).held_until if claim and pinned else purchase.lease_ends_at
    end = end_mark(purchase.hold_id, now)
    try:
        rows.undo(
            purchase.event_id,
            parse_all(purchase.seat_ids),
            purchase.hold_id,
            purchase.order_id,
            (held_until, purchase.lease_ends_at),
            free_after(end),
        )
        claims.settle_failed(purchase.person_id, purchase.event_id, purchase.order_id, purchase.seat_ids, end)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
