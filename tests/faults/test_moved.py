"""An event gets another date while somebody's money is being taken."""

from __future__ import annotations

from tests.faults.stage import Stage
from tests.faults.world import World


def test_who_was_buying_while_the_event_was_moved_is_told_too() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        order_id = stage.buy()
        stage.fault("503", "CapturePayment", "stripe *", times=40)
        stage.run(20)
        assert (stage.slots("sold"), stage.ended(order_id)) == (2, ("pending", None))
        route, path = "POST /organizer/events/{eventId}/move", {"eventId": stage.event_id}
        body = {"startsAt": "2030-07-01T20:00:00Z"}
        status, _ = world.call(route, "orders.move_event", "olga", groups=("organizer",), path=path, body=body)
        assert status == 202
        stage.run(1800)
        assert stage.is_completed(order_id) and stage.mails() == ["order-completed", "event-moved"]
        route = "GET /organizer/events/{eventId}/cancellation"
        _, shown = world.call(route, "orders.show_cancellation", "olga", groups=("organizer",), path=path)
        assert (shown["status"], shown["done"]) == ("finished", 1) and stage.rest() == []
