"""GET /orders/{orderId}: one order of mine, as it stands this moment."""

from __future__ import annotations

from kit.errors import NotFound
from kit.http import Call, endpoint
from orders import store
from orders.order import Order


@endpoint(raises=(NotFound,))
def handler(call: Call) -> Order:
    return show_order(call.path["orderId"], call.caller.person_id)


def show_order(order_id: str, person_id: str) -> Order:
    """Raises NotFound, also for somebody else's."""
    order = store.get(order_id)
    if order.person_id != person_id:
        raise NotFound
    return order
