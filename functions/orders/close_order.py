"""CloseOrder, the last step of a cancellation: seats and money are where they belong."""

from __future__ import annotations

from datetime import datetime

import msgspec

import payments
from kit.step import step
from orders import store
from orders.order import Order


class Closing(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    cancellation_id: str


@step
def handler(closing: Closing, now: datetime) -> None:
    close_order(closing.order_id, closing.cancellation_id, now)


def close_order(order_id: str, cancellation_id: str, now: datetime) -> None:
    """Once or again with the same outcome. Raises OrderMoved: something else changed it, do it again.

    A refund on its way to the bank leaves the order `cancelled`; the news of its end moves it (`settle_refund`).
    """
    order = store.get(order_id)
    [cancellation] = [each for each in order.cancellations if each.cancellation_id == cancellation_id]
    status = "refunded" if order.status == "cancelled" and _has_arrived(order) else order.status
    if not cancellation.closed or status != order.status:
        store.close_cancellation(order, cancellation_id, status, now)


def _has_arrived(order: Order) -> bool:
    due = [each.cancellation_id for each in order.cancellations if each.refund.amount]
    refunds = {each.refund_id: each.state for each in payments.refunds_of(order.order_id)}
    return bool(due) and all(refunds.get(each) == "succeeded" for each in due)
