"""Tickets are given back one by one, by a bank that takes its time."""

from __future__ import annotations

from local.stripe_standin import charges
from tests.faults.campaign import POLICY
from tests.faults.stage import TWO, Stage
from tests.faults.world import World
from tests.inventory import house
from tickets.ticket import ticket_id_of


def test_an_order_is_refunded_when_all_of_its_refunds_have_arrived() -> None:
    world = World()
    with world.entered():
        stage = Stage(world)
        stage.event_id = house.open_event(now=world.clock.now, refund_policy=POLICY)
        stage.hold_id = stage.hold("ada", TWO)
        order_id = stage.buy(card="pm_card_pendingRefund")
        stage.run(30)
        for seat in TWO:
            route, body = "POST /orders/{orderId}/cancel", {"ticketIds": [ticket_id_of(order_id, seat)]}
            path = {"orderId": order_id}
            assert world.call(route, "tickets.cancel_tickets", "ada", path=path, body=body)[0] == 202
        stage.run(30)
        for refund, status in zip(world.bank.all("refund"), ("cancelled", "refunded"), strict=True):
            charges.end_refund(world.bank.book, world.bank.book.objects[refund["id"]], "succeeded")
            stage.run(30)
            assert stage.ended(order_id) == (status, None)
