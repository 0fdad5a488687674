"""SellSeats, a step of the purchase: the seats held become the order's for good."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from inventory import claims, rows, sales
from inventory.holds import end_mark
from inventory.problems import HoldExpired, SeatsLost
from inventory.purchase import Purchase, extend_rows
from inventory.seats import parse_all
from inventory.writes import Refused, Unanswered
from kit.errors import Busy
from kit.step import step


@step
def handler(purchase: Purchase, now: datetime) -> dict[str, list[str]]:
    sell_seats(purchase, now)
    return {"seatIds": purchase.seat_ids}


def sell_seats(purchase: Purchase, now: datetime) -> None:
    """All of them or none, before the lease ends. Again, it finds them sold to the same order and is content.

    Raises EventCancelled, EventMoved, HoldExpired, SeatsLost, Busy.
    """
    sales.check_stands(purchase.event_id)
    try:
        try:
            _sell(purchase, now)
        except Refused:
            # Refused there as well, it may be that an earlier try of this sale has come through: the rows know.
            with suppress(HoldExpired):
                _extend_first(purchase)
            _sell(purchase, now)
        end = end_mark(purchase.hold_id, now)
        claims.settle_sold(purchase.person_id, purchase.event_id, purchase.order_id, purchase.seat_ids, end)
    except (Refused, HoldExpired) as refusal:
        raise (SeatsLost if now < purchase.lease_ends_at else HoldExpired) from refusal
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows


def _sell(purchase: Purchase, now: datetime) -> None:
    seats = parse_all(purchase.seat_ids)
    rows.sell(purchase.event_id, seats, purchase.hold_id, purchase.order_id, purchase.lease_ends_at, now)


def _extend_first(purchase: Purchase) -> None:
    """The order was accepted, but a crash came before its deadline was in the rows."""
    claim = claims.load(purchase.person_id, purchase.event_id)
    if claim is None or claim.order_id != purchase.order_id:
        raise HoldExpired
    extend_rows(claims.hold_of(claim), purchase.lease_ends_at)
