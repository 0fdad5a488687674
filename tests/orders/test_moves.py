"""CompleteOrder and FailOrder: each once, whatever is repeated, and what has ended stays ended (I14)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from orders import complete_order, fail_order, get_order
from orders.store import MessageItem, OrderMoved
from tests import harness
from tests.orders.conftest import NOON, accepted

LATER = NOON + timedelta(seconds=3)
DECLINED = {"Error": "CardDeclined", "Cause": json.dumps({"errorMessage": "insufficient_funds"})}


def complete(order_id: str) -> None:
    harness.run_step(complete_order, "CompleteOrder", {"orderId": order_id, "personId": "ada"}, LATER)


def fail(order_id: str, error: dict[str, str]) -> None:
    harness.run_step(fail_order, "FailOrder", {"orderId": order_id, "error": error}, LATER)


def messages(order_id: str) -> list[str]:
    """What the table's stream tells notifications of."""
    return [item.message for item in MessageItem.query(f"O#{order_id}", MessageItem.sk.startswith("outbox#"))]


def test_completing_tells_the_buyer_once() -> None:
    order = accepted()
    for _ in range(2):
        complete(order.order_id)
    now = get_order(order.order_id)
    assert (now.status, now.updated_at, messages(order.order_id)) == ("completed", LATER, ["order-completed"])


@pytest.mark.parametrize(
    ("error", "reason", "decline_code"),
    [
        (DECLINED, "payment-declined", "insufficient_funds"),
        ({"Error": "CardDeclined", "Cause": "no JSON"}, "payment-declined", None),
        ({"Error": "AuthenticationRequired", "Cause": "{}"}, "authentication-required", None),
        ({"Error": "SeatsLost", "Cause": "{}"}, "seats-lost", None),
        ({"Error": "HoldExpired"}, "hold-expired", None),
        ({"Error": "States.Timeout"}, "technical", None),
        ({"Error": "KeyError", "Cause": '{"errorMessage": "secret"}'}, "technical", None),
    ],
)
def test_failing_says_why(error: dict[str, str], reason: str, decline_code: str | None) -> None:
    order = accepted()
    for _ in range(2):
        fail(order.order_id, error)
    now = get_order(order.order_id)
    assert (now.status, now.reason, now.decline_code) == ("failed", reason, decline_code)
    assert messages(order.order_id) == ["order-failed"]


def test_what_has_ended_stays_ended() -> None:
    done, lost = accepted(key="done"), accepted(key="lost")
    complete(done.order_id)
    fail(lost.order_id, DECLINED)
    with pytest.raises(OrderMoved):
        fail(done.order_id, DECLINED)
    with pytest.raises(OrderMoved):
        complete(lost.order_id)
    assert [get_order(order.order_id).status for order in (done, lost)] == ["completed", "failed"]
    said = [messages(order.order_id) for order in (done, lost)]
    assert said == [["order-completed"], ["order-failed"]]
