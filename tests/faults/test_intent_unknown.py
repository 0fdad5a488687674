"""Stripe does not know an intent of ours: deleted with test data, or the key is another account's."""

from __future__ import annotations

import pytest

import payments
from tests.faults.stage import Stage
from tests.faults.world import World


@pytest.mark.parametrize(
    ("before", "call", "reason"),
    [
        ("SellSeats", "*", "technical"),
        ("CapturePayment", "stripe GET *", "technical"),
        ("CapturePayment", "stripe POST *", "technical"),
        ("VoidPayment", "stripe *", "event-cancelled"),
    ],
)
def test_an_order_whose_intent_is_gone_ends_uncharged(before: str, call: str, reason: str) -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        if before == "VoidPayment":
            stage.meanwhile("SellSeats", "*", lambda: _call_off(stage))
        gone: list[str] = []
        stage.meanwhile(before, call, lambda: gone.append(_forget(stage)))
        order_id = stage.buy()
        stage.run()
        assert gone == [order_id]
        assert stage.ended(order_id) == ("failed", reason) and stage.slots("sold") == 0
        assert stage.payment(order_id).state == "voided" and world.counted["IntentsUnknown"]
        assert stage.execution(order_id).status == "SUCCEEDED" and stage.rest() == []


def test_a_refund_of_an_intent_that_is_gone_waits_for_a_person() -> None:
    """Though it was asked for before, and nobody knows with what outcome."""
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.run(60)
        stage.fault("lost", "RefundPayment", "stripe POST *")
        stage.meanwhile("RefundPayment", "stripe *", lambda: _forget(stage))
        _call_off(stage)
        stage.run(3600)
        route, path = "GET /organizer/events/{eventId}/cancellation", {"eventId": stage.event_id}
        _, progress = world.call(route, "orders.show_cancellation", "olga", groups=("organizer",), path=path)
        assert (progress["failed"], stage.ended(order_id)) == (1, ("cancelled", None))
        assert {(each.state, each.failure) for each in payments.refunds_of(order_id)} == {
            ("failed", "resource_missing")
        }


def _forget(stage: Stage) -> str:
    [intent] = stage.world.bank.all("payment_intent")
    stage.world.bank.book.forget(intent["id"])
    return str(intent["metadata"]["order_id"])


def _call_off(stage: Stage) -> None:
    route, path = "POST /organizer/events/{eventId}/cancel", {"eventId": stage.event_id}
    assert stage.world.call(route, "orders.cancel_event", "olga", groups=("organizer",), path=path)[0] == 202
