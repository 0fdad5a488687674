"""CompleteOrder: money captured, tickets there; now the order says so, and the buyer is told."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit.step import step
from orders import store


class Completion(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str


@step
def handler(completion: Completion, now: datetime) -> None:
    complete_order(completion.order_id, now)


def complete_order(order_id: str, now: datetime) -> None:
    """Once or again with the same outcome. Raises OrderMoved where the order ended otherwise."""
    order = store.get(order_id)
    if order.status != "completed":
        store.move(order, "completed", now, tell="order-completed")
