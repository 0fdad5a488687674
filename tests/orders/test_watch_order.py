"""A person watches orders of their own over the WebSocket, and nobody else's (case 37)."""

from __future__ import annotations

from typing import Any

import pytest

from orders import push_order
from tests import harness
from tests.live.viewers import Gateway, gateway, send, viewer
from tests.orders.conftest import NOON, accepted

MISSING = "ord_0000000000000000"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    return gateway(monkeypatch)


def watch(connection: str, order_id: str) -> Any:
    return send(connection, "orders.watch_order", {"action": "watchOrder", "orderId": order_id}, NOON)


def moves(order_id: str, status: str, reason: str | None = None) -> None:
    """The stream's record of an order that has moved."""
    image = {"pk": {"S": f"O#{order_id}"}, "sk": {"S": "ORDER"}, "status": {"S": status}}
    if reason:
        image["reason"] = {"S": reason}
    record = {"eventName": "MODIFY", "dynamodb": {"NewImage": image}}
    assert push_order.handler({"Records": [record]}, harness.CONTEXT) == {"batchItemFailures": []}


def test_ones_own_order_is_watched_and_told(fake: Gateway) -> None:
    order_id = accepted("ada").order_id
    answer = watch(viewer("c1", "ada"), order_id)
    assert answer == {"type": "order.watching", "orderId": order_id, "status": "pending"}
    moves(order_id, "failed", "payment-declined")
    assert fake.heard["c1"] == [
        {"type": "order.updated", "orderId": order_id, "status": "failed", "reason": "payment-declined"}
    ]


def test_anothers_order_is_refused_like_a_missing_one(fake: Gateway) -> None:
    order_id = accepted("ada").order_id
    foreign, missing = watch(viewer("c1", "bob"), order_id), watch("c1", MISSING)
    assert foreign == missing
    assert foreign["problem"]["type"].endswith("/not-found")
    moves(order_id, "completed")
    assert not fake.heard


def test_nobody_watches_orders_without_signing_in(fake: Gateway) -> None:
    order_id = accepted("ada").order_id
    answer = watch(viewer("c1"), order_id)
    assert answer["problem"]["type"].endswith("/unauthenticated")
    moves(order_id, "completed")
    assert not fake.heard
