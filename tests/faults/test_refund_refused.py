"""An event is called off while the payment service refuses a refund for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from orders.gather_orders import PAUSE_MINUTES
from payments import gateway
from payments.refunds import RefundRefused
from tests.faults.stage import Stage
from tests.faults.world import World


def call_off(stage: Stage) -> None:
    route, path = "POST /organizer/events/{eventId}/cancel", {"eventId": stage.event_id}
    assert stage.world.call(route, "orders.cancel_event", "olga", groups=("organizer",), path=path)[0] == 202
    stage.run(60)


def progress(stage: Stage) -> Any:
    route, path = "GET /organizer/events/{eventId}/cancellation", {"eventId": stage.event_id}
    return stage.world.call(route, "orders.show_cancellation", "olga", groups=("organizer",), path=path)[1]


def test_a_refund_that_was_refused_is_asked_for_again_by_itself() -> None:
    """A dispute was open when the event was called off, and then was won."""
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.run()
        with mock.patch.object(gateway, "refund", side_effect=RefundRefused("charge_disputed")) as refund:
            call_off(stage)
            stage.run(600)
            shown = progress(stage)
            assert (shown["status"], shown["failed"], refund.call_count) == ("running", 1, 2)
            assert shown["failures"] == [{"orderId": order_id, "why": "RefundRefused"}]
            assert stage.now < datetime.fromisoformat(shown["nextTryAt"]) < stage.now + timedelta(minutes=10)
        stage.run(600)
        assert (progress(stage)["status"], progress(stage)["failed"]) == ("finished", 0)
        assert stage.ended(order_id) == ("refunded", None)
        assert stage.rest() == []


def test_what_is_refused_all_day_waits_for_a_person() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.run()
        with mock.patch.object(gateway, "refund", side_effect=RefundRefused("charge_disputed")) as refund:
            call_off(stage)
            stage.run(86_400)
            assert refund.call_count == len(PAUSE_MINUTES)
        shown = progress(stage)
        assert (shown["status"], shown["failed"], shown["nextTryAt"]) == ("stopped", 1, None)
        call_off(stage)
        assert progress(stage)["status"] == "finished" and stage.ended(order_id) == ("refunded", None)
        assert stage.rest() == []
