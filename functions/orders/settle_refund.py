"""The order's side of a refund that has reached the buyer."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from orders import store


def settle_refund(order_id: str, *, left_minor: int, now: datetime) -> None:
    """An order that was cancelled, or of whose money nothing is left, is refunded; once or again.

    One whose purchase still runs is left to that (`complete_order`).
    """
    order = store.get(order_id)
    if order.status == "cancelled" or (order.status == "completed" and left_minor == 0):
        with suppress(store.OrderMoved):
            store.move(order, "refunded", now)
