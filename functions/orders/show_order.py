"""GET /orders/{orderId}: one order of mine, as it stands this moment, and what I have to do for it."""

from __future__ import annotations

import msgspec

import payments
from kit.errors import NotFound
from kit.http import Call, endpoint
from orders import store
from orders.order import Order
from payments import NextAction


class ShownOrder(Order, frozen=True, rename="camel", omit_defaults=True):
    """`next_action` is there while the buyer's bank waits for the buyer, with `status` `requires_action`."""

    next_action: NextAction | None = None


@endpoint(raises=(NotFound,))
def handler(call: Call) -> ShownOrder:
    return show_order(call.path["orderId"], call.caller.person_id)


def show_order(order_id: str, person_id: str) -> ShownOrder:
    """Raises NotFound, also for somebody else's."""
    order = own_order(order_id, person_id)
    action = payments.next_action(order_id) if order.status == "requires_action" else None
    return ShownOrder(**msgspec.structs.asdict(order), next_action=action)


def own_order(order_id: str, person_id: str) -> Order:
    """Raises NotFound, also for somebody else's."""
    order = store.get(order_id)
    if order.person_id != person_id:
        raise NotFound
    return order
