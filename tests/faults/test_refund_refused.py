"""An event is called off while the payment service refuses a refund for good."""

from __future__ import annotations

from typing import Any
from unittest import mock

from payments import gateway
from payments.refunds import RefundRefused
from tests.faults.stage import Stage
from tests.faults.world import World


def call_off(stage: Stage) -> Any:
    route, path = "POST /organizer/events/{eventId}/cancel", {"eventId": stage.event_id}
    assert stage.world.call(route, "orders.cancel_event", "olga", groups=("organizer",), path=path)[0] == 202
    stage.run()
    route = "GET /organizer/events/{eventId}/cancellation"
    return stage.world.call(route, "orders.show_cancellation", "olga", groups=("organizer",), path=path)[1]


def test_a_refund_that_was_refused_is_asked_for_again_by_the_next_run() -> None:
    """A dispute was open when the event was called off, and then was won."""
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.run()
        for _ in range(2):
            with mock.patch.object(gateway, "refund", side_effect=RefundRefused("charge_disputed")):
                shown = call_off(stage)
            assert (shown["status"], shown["failed"]) == ("stopped", 1)
        shown = call_off(stage)
        assert (shown["status"], shown["failed"]) == ("finished", 0)
        assert stage.ended(order_id) == ("refunded", None)
        assert stage.rest() == []
