"""An event is called off while the payment service refuses a refund for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from catalog import RefundPolicy
from orders.gather_orders import PAUSE_MINUTES
from payments import Payment, Refund, gateway
from payments.payment import OutcomeUnknown
from payments.refunds import RefundRefused
from tests.faults.stage import TWO, Stage
from tests.faults.world import World
from tests.inventory import house
from tickets import ticket_id_of


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


def test_also_of_an_order_of_which_a_ticket_is_being_given_back() -> None:
    """The seats that are left stay, since by them the order is found again."""
    world = World()
    with world.entered():
        stage = Stage(world)
        stage.event_id = house.open_event(now=stage.now, refund_policy=RefundPolicy(1, fees_returned=True))
        stage.hold_id = stage.hold("ada", TWO)
        order_id = stage.buy()
        stage.run(60)

        def no(payment: Payment, refund: Refund, **_: Any) -> None:
            given_back = stage.order(order_id).cancellations[0].cancellation_id
            raise OutcomeUnknown("away") if refund.refund_id == given_back else RefundRefused("charge_disputed")

        with mock.patch.object(gateway, "refund", no):
            body, path = {"ticketIds": [ticket_id_of(order_id, TWO[0])]}, {"orderId": order_id}
            route = "POST /orders/{orderId}/cancel"
            assert world.call(route, "tickets.cancel_tickets", "ada", path=path, body=body)[0] == 202
            call_off(stage)
            stage.run(600)
            assert (stage.slots("sold"), progress(stage)["failed"]) == (1, 1)
        stage.run(3600)
        assert (progress(stage)["status"], stage.ended(order_id)) == ("finished", ("refunded", None))
        assert stage.rest() == []
