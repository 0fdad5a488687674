"""watchOrder on the WebSocket: be told when an order of one's own has moved."""

from __future__ import annotations

from typing import Annotated

import msgspec

import live
from kit.errors import Unauthenticated
from kit.socket import Message, receives
from orders.order import Status
from orders.show_order import own_order


class WatchOrder(msgspec.Struct, frozen=True, rename="camel"):
    action: str
    order_id: Annotated[str, msgspec.Meta(max_length=64)]


class WatchingOrder(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="order.watching"):
    """Where the order stood once the connection was on the list: nothing is missed."""

    order_id: str
    status: Status


@receives
def handler(message: Message, body: WatchOrder) -> WatchingOrder:
    return watch_order(message, body.order_id)


def watch_order(message: Message, order_id: str) -> WatchingOrder:
    """Raises Unauthenticated, NotFound (also for somebody else's), ConnectionEnded."""
    person_id = live.person_of(message.connection_id)
    if person_id is None:
        raise Unauthenticated
    own_order(order_id, person_id)
    live.listen(message.connection_id, channel(order_id), message.now)
    return WatchingOrder(order_id, own_order(order_id, person_id).status)


def channel(order_id: str) -> str:
    return f"order#{order_id}"
