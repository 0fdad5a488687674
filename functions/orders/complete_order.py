"""CompleteOrder: money captured, tickets there; now the order says so, and the buyer is told."""

from __future__ import annotations

from datetime import datetime

import msgspec

import inventory
import payments
from kit.step import step
from orders import store
from orders.order import OPEN, Named, Order
from orders.settle_refund import settle_refund


class Completion(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    person_id: str


@step
def handler(completion: Completion, now: datetime) -> None:
    complete_order(completion, now)


def complete_order(order: Named, now: datetime) -> None:
    """Once or again with the same outcome. Raises OrderMoved where the order ended otherwise.

    Money that went back before this (a warning of fraud, a refund made at Stripe) ends the order refunded.
    """
    try:
        store.move(order, "completed", now, tell="order-completed")
    except store.OrderMoved:
        if store.get(order.order_id).status in (*OPEN, "failed"):
            raise
    payment = payments.get_payment(order.order_id)
    if payment and payment.went_back:
        settle_refund(order.order_id, left_minor=payment.kept_minor, now=now)
        _return_seats(store.get(order.order_id), now)


def _return_seats(order: Order, now: datetime) -> None:
    """Its tickets were void from the start, so nobody was let in."""
    inventory.return_seats(
        inventory.Returned(order.order_id, order.event_id, order.person_id, order.hold_id, order.kept_seat_ids), now
    )
