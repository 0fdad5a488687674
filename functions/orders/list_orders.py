"""GET /orders: my orders, newest first, each as it stands this moment."""

from __future__ import annotations

import msgspec

from kit.http import Call, endpoint
from kit.pages import InvalidCursor, PageQuery, seal, unseal
from orders import store
from orders.order import Order


class OrderPage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """`next_cursor` is there when older orders follow."""

    orders: list[Order]
    next_cursor: str | None = None


@endpoint(raises=(InvalidCursor,))
def handler(call: Call, query: PageQuery) -> OrderPage:
    return list_orders(call.caller.person_id, query)


def list_orders(person_id: str, page: PageQuery) -> OrderPage:
    """Raises InvalidCursor."""
    after = unseal(page.cursor, "orders", person_id) if page.cursor else None
    orders, more = store.list_of(person_id, page.limit, after)
    return OrderPage(orders, seal(more, "orders", person_id) if more else None)
