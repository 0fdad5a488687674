"""GET /orders/{orderId}/messages: what I was told about an order, and what did not reach me."""

from __future__ import annotations

import msgspec

from kit.errors import NotFound
from kit.http import Call, endpoint
from notifications import store
from notifications.store import Told
from orders import get_order


class ToldMessages(msgspec.Struct, frozen=True):
    """In the order of time."""

    messages: list[Told]


@endpoint(raises=(NotFound,))
def handler(call: Call) -> ToldMessages:
    """`refused`: there is no such address, or it takes nothing; the order itself is untouched by that."""
    order_id = call.path["orderId"]
    if get_order(order_id).person_id != call.caller.person_id:
        raise NotFound
    return ToldMessages(store.told_of(order_id))
