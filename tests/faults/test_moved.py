"""An event gets another date while somebody's money is being taken."""

from __future__ import annotations

from typing import Any

from tests.faults.stage import Stage
from tests.faults.world import World

CANCEL = "POST /organizer/events/{eventId}/cancel"


def test_who_was_buying_while_the_event_was_moved_is_told_too() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.fault("503", "CapturePayment", "stripe *", times=40)
        stage.run(20)
        assert (stage.slots("sold"), stage.ended(order_id)) == (2, ("pending", None))
        move(stage)
        stage.run(1800)
        assert stage.is_completed(order_id) and stage.mails() == ["order-completed", "event-moved"]
        shown = progress(stage)
        assert (shown["status"], shown["done"]) == ("finished", 1) and stage.rest() == []


def test_who_bought_for_the_new_date_is_told_of_no_choice_though_the_organizer_asks_again() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        stage.buy()
        stage.run(60)
        stage.fault("broken", "TellBuyer", "*", times=10_000)
        move(stage)
        stage.run(86_400)
        assert progress(stage)["status"] == "stopped"
        world.trouble.clear()
        ask(stage, "POST /organizer/events/{eventId}/on-sale", "inventory.put_on_sale", 200)
        stage.run(60)
        stage.hold_id = stage.hold("bob", ["stalls-1-1"])
        assert stage.post(person="bob")[0] == 202
        stage.run(60)
        move(stage)
        stage.run(60)
        assert stage.mails("bob") == ["order-completed"]
        assert stage.mails() == ["order-completed", "event-moved"]
        assert (progress(stage)["status"], progress(stage)["done"]) == ("finished", 2) and stage.rest() == []


def test_of_a_move_that_was_thought_better_of_nobody_is_told() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.run(60)
        move(stage)
        move(stage, "2030-07-02T20:00:00Z")
        stage.run(600)
        assert stage.mails() == ["order-completed", "event-moved"]
        stage.meanwhile("TellBuyer", "*", lambda: ask(stage, CANCEL, "orders.cancel_event", 202))
        move(stage, "2030-07-03T20:00:00Z")
        stage.run(3600)
        assert stage.ended(order_id) == ("refunded", None) and stage.mails().count("event-moved") == 1
        assert progress(stage)["status"] == "finished" and stage.rest() == []


def move(stage: Stage, starts_at: str = "2030-07-01T20:00:00Z") -> None:
    body = {"startsAt": starts_at}
    ask(stage, "POST /organizer/events/{eventId}/move", "orders.move_event", 202, body=body)


def progress(stage: Stage) -> Any:
    return ask(stage, "GET /organizer/events/{eventId}/cancellation", "orders.show_cancellation", 200)


def ask(stage: Stage, route: str, verb: str, wanted: int, **more: Any) -> Any:
    path = {"eventId": stage.event_id}
    status, answer = stage.world.call(route, verb, "olga", groups=("organizer",), path=path, **more)
    assert status == wanted, answer
    return answer
