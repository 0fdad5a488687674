"""KeepHold, a step of a purchase whose card was declined: the seats wait for another card."""

from __future__ import annotations

from datetime import datetime

from inventory import claims
from inventory.problems import CardsExhausted, HoldExpired
from inventory.purchase import Purchase, extend_rows
from kit.step import step

CARDS_MAX = 3


@step
def handler(purchase: Purchase, now: datetime) -> dict[str, list[str]]:
    keep_hold(purchase, now)
    return {"seatIds": purchase.seat_ids}


def keep_hold(purchase: Purchase, now: datetime) -> None:
    """The hold is its person's again until the lease ends. Again, it finds that and changes nothing.

    Raises CardsExhausted, HoldExpired, Busy.
    """
    claim = claims.load(purchase.person_id, purchase.event_id)
    if claim is None or claim.order_id != purchase.order_id:
        return
    hold = claims.hold_of(claim)
    if hold.declined + 1 >= CARDS_MAX:
        raise CardsExhausted
    if now >= purchase.lease_ends_at:
        raise HoldExpired
    extend_rows(hold, purchase.lease_ends_at)
    claims.unpin(hold)
