"""An evening that costs nothing is bought and given back like any other, and no card is asked for it."""

from __future__ import annotations

import msgspec

from catalog import RefundPolicy
from tests.faults.auditor import Audit
from tests.faults.stage import DECLINED, TWO, Stage
from tests.faults.world import World
from tests.inventory import house
from tickets import ticket_id_of

FREE = msgspec.structs.replace(
    house.PRICING, prices={category: {"adult": 0, "child": 0} for category in house.PRICING.prices}, fees=[]
)
POLICY = RefundPolicy(until_hours_before_start=1, fees_returned=True)


def test_what_costs_nothing_asks_no_card() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        stage.event_id = house.open_event(now=world.clock.now, pricing=FREE, refund_policy=POLICY)
        stage.hold_id = stage.hold("ada", TWO)
        order_id = stage.buy(card=DECLINED)
        stage.run()
        assert stage.ended(order_id) == ("completed", None) and stage.tickets() == ["4", "5"]
        assert (stage.slots("sold"), stage.mails(), world.bank.calls) == (2, ["order-completed"], 0)
        path = {"orderId": order_id}
        route = "POST /orders/{orderId}/cancel"
        assert world.call(route, "tickets.cancel_tickets", "ada", path=path, body={})[0] == 202
        stage.run()
        assert stage.ended(order_id) == ("cancelled", None) and stage.tickets() == []
        assert stage.hold("bob", TWO).startswith("hld_")
        stage.hold_id = stage.hold("ada", ["stalls-1-1"])
        lost = stage.buy("second")
        stage.fault("throttled", "SellSeats", "dynamodb.UpdateItem inventory", times=40)
        stage.run()
        assert (stage.ended(lost), stage.payment(lost).state) == (("failed", "technical"), "voided")
        assert world.bank.calls == 0 and stage.rest() == []


def test_the_auditor_misses_the_ticket_of_a_free_order() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        stage.event_id = house.open_event(now=world.clock.now, pricing=FREE)
        stage.hold_id = stage.hold("ada", TWO)
        order_id = stage.buy()
        stage.run()
        assert Audit(world).violations() == []
        key = {"pk": {"S": f"T#{ticket_id_of(order_id, TWO[0])}"}, "sk": {"S": "TICKET"}}
        world.tables.serve("DeleteItem", {"TableName": "tickets", "Key": key})
        assert [one.partition(" ")[0] for one in Audit(world).violations()] == ["I10"]
