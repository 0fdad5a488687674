"""Stripe does not know an intent of ours: deleted with test data, or the key is another account's."""

from __future__ import annotations

import pytest

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


def _forget(stage: Stage) -> str:
    [intent] = stage.world.bank.all("payment_intent")
    stage.world.bank.book.forget(intent["id"])
    return str(intent["metadata"]["order_id"])


def _call_off(stage: Stage) -> None:
    route, path = "POST /organizer/events/{eventId}/cancel", {"eventId": stage.event_id}
    assert stage.world.call(route, "orders.cancel_event", "olga", groups=("organizer",), path=path)[0] == 202
