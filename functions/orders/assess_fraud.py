"""AssessFraud: the seats are still this order's, and the order may be trusted; no money has moved yet."""

from __future__ import annotations

from datetime import datetime

import fraud
import inventory
from inventory import HoldExpired, LeaseUnknown, Purchase
from kit.errors import Problem
from kit.step import step
from orders import store
from pricing import Fare


class FraudBlocked(Problem):
    status, title = 403, "This order is not accepted"


class ReviewRequired(Problem):
    status, title = 409, "A person has to look at this order first"


@step
def handler(purchase: Purchase, now: datetime) -> bool:
    return assess_fraud(purchase, now)


def assess_fraud(purchase: Purchase, now: datetime) -> bool:
    """Whether the bank is to make sure of the buyer; decided once, whatever is repeated.

    Raises HoldExpired, LeaseUnknown, FraudBlocked, ReviewRequired, Busy.
    """
    decision = fraud.assess(
        purchase.order_id,
        purchase.person_id,
        purchase.event_id,
        seats=len(purchase.seat_ids),
        total_minor=_fare(purchase, now).total.amount,
        now=now,
    )
    if decision.verdict == "block":
        raise FraudBlocked
    if decision.verdict == "review":
        raise ReviewRequired
    return decision.verdict == "challenge"


def _fare(purchase: Purchase, now: datetime) -> Fare:
    """The hold's, whose lease must run; of an order that has ended meanwhile, its own."""
    try:
        return inventory.check_lease(purchase, now).fare
    except (HoldExpired, LeaseUnknown):
        order = store.get(purchase.order_id)
        if order.is_open:
            raise
        return order.fare
