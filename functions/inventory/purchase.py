"""A hold on its way to be sold: pinned by an order, its rows given the order's deadline."""

from __future__ import annotations

from datetime import datetime

import msgspec
from pynamodb.exceptions import GetError

from inventory import claims, rows
from inventory.holds import Hold
from inventory.problems import HoldExpired, LeaseUnknown, PurchaseInProgress
from inventory.seats import parse_all
from inventory.writes import Refused, Unanswered
from kit.errors import Busy
from kit.table import Transaction


class Purchase(msgspec.Struct, frozen=True, rename="camel"):
    """The input of every step of a purchase."""

    order_id: str
    event_id: str
    person_id: str
    hold_id: str
    seat_ids: list[str]
    lease_ends_at: datetime


def check_lease(purchase: Purchase, now: datetime) -> Hold:
    """Before any money moves: the hold is this order's, its lease runs, and the rows know the deadline.

    Raises HoldExpired, also for another hold or other seats than the order's; LeaseUnknown. Repeating it changes
    nothing.
    """
    if now >= purchase.lease_ends_at:
        raise HoldExpired
    try:
        claim = claims.load(purchase.person_id, purchase.event_id)
        if claim is None or claim.order_id != purchase.order_id:
            raise HoldExpired
        hold = claims.hold_of(claim)
        if (hold.hold_id, hold.seat_ids) != (purchase.hold_id, purchase.seat_ids):
            raise HoldExpired
        extend_rows(hold, purchase.lease_ends_at)
        return hold
    except (Busy, GetError) as nobody_knows:
        raise LeaseUnknown from nobody_knows


def pin_hold(transaction: Transaction, hold: Hold, order_id: str, lease_ends_at: datetime, now: datetime) -> None:
    """Add to the transaction that accepts an order: the hold is the order's, until its deadline.

    Raises PurchaseInProgress at once; the transaction raises HoldExpired where the hold has ended since.
    """
    if hold.order_id is not None and hold.order_id != order_id:
        raise PurchaseInProgress(orderId=hold.order_id)
    claims.pin(transaction, hold, order_id, lease_ends_at, now)


def extend_rows(hold: Hold, lease_ends_at: datetime) -> None:
    """After that transaction: the deadline in the rows. Repeating it is safe, and SellSeats does.

    Raises HoldExpired where a seat was lost, Busy.
    """
    seats = parse_all(hold.seat_ids)
    try:
        rows.extend(hold.event_id, seats, hold.hold_id, hold.held_until, lease_ends_at)
    except Refused as refusal:
        raise HoldExpired from refusal
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
