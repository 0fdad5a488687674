"""One payment that nobody can ask after keeps no other waiting, nor does an order that cannot be begun."""

from __future__ import annotations

from datetime import timedelta

from catalog import RefundPolicy
from local.stripe_standin import intents
from payments import store
from tests.faults.stage import Stage
from tests.faults.world import World
from tests.inventory import house


def test_an_intent_that_stripe_does_not_know_keeps_nobody_waiting() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        world.deliveries.held = []
        for person, seat in (("bob", "stalls-1-1"), ("cem", "stalls-1-2")):
            stage.hold_id = stage.hold(person, [seat])
            assert stage.post(card="pm_card_authenticationRequired", person=person)[0] == 202
            stage.run(5)
        first, second = (payment.order_id for payment, _ in store.list_open(stage.now + timedelta(hours=1), 100))
        book = world.bank.book
        book.forget(stage.intent(first)["id"])
        intents.authenticate(book, book.get("payment_intent", stage.intent(second)["id"]), passed=True)
        stage.run(180)
        assert stage.ended(second) == ("completed", None)
        stage.run(600)
        assert stage.ended(first) == ("failed", "authentication-required") and stage.rest() == []


def test_a_cancellation_that_cannot_be_begun_keeps_no_other_waiting() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        stage.event_id = house.open_event(now=stage.now, refund_policy=RefundPolicy(1, fees_returned=True))
        route, begin = "POST /orders/{orderId}/cancel", "stepfunctions.StartExecution"
        stage.fault("broken", route, begin, times=2)
        for key, seat in (("first", "stalls-1-1"), ("second", "stalls-1-2")):
            stage.hold_id = stage.hold("ada", [seat])
            path = {"orderId": stage.buy(key)}
            stage.run(20)
            assert world.call(route, "tickets.cancel_tickets", "ada", path=path, body={})[1]["status"] == "cancelled"
        stage.fault("broken", "SweepOrders", begin)
        stage.run(90)
        assert len(world.machine("cancellation").executions) == 1
        assert world.counted["OrdersUnswept"] == 1 and stage.rest() == []
