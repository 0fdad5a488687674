"""The order's side of a refund that has reached the buyer."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from orders import store


def settle_refund(order_id: str, *, left_minor: int, now: datetime) -> None:
    """A cancelled order is refunded once no more is left of its money than it keeps, any other once nothing is.

    Once or again. One whose purchase still runs is left to that (`complete_order`).
    """
    order = store.get(order_id)
    due_minor = sum(each.refund.amount for each in order.cancellations)
    kept_minor = order.fare.total.amount - due_minor if order.status == "cancelled" else 0
    if order.status in ("cancelled", "completed") and left_minor <= kept_minor:
        with suppress(store.OrderMoved):
            store.move(order, "refunded", now)
