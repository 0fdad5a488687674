"""One payment that nobody can ask after keeps no other waiting."""

from __future__ import annotations

from datetime import timedelta

from local.stripe_standin import intents
from payments import store
from tests.faults.stage import Stage
from tests.faults.world import World


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
