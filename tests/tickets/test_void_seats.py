"""Seats whose tickets are void because the money went back are sold again; nobody who was let in loses one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.stripe_standin import charges
from tests.faults.stage import TWO, WARNED, Stage
from tests.faults.world import World
from tickets import ticket_id_of

DISPUTED = "pm_card_createDispute"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with World().entered() as world:
        yield Stage(world)


def bought(stage: Stage, card: str = "pm_card_visa") -> str:
    order_id = stage.buy(card=card)
    stage.run(60)
    return order_id


def refund_at_stripe(stage: Stage, order_id: str) -> None:
    charges.refund(stage.world.bank.book, {"payment_intent": stage.intent(order_id)["id"]})
    stage.run(60)


def test_after_a_warning_of_fraud(stage: Stage) -> None:
    order_id = bought(stage, WARNED)
    stage.run(600)
    assert (stage.ended(order_id)[0], stage.tickets(), stage.slots("sold")) == ("refunded", [], 0)
    assert stage.hold("zoe", TWO).startswith("hld_") and stage.rest() == []


def test_after_a_refund_made_at_stripe_and_they_may_be_bought_again(stage: Stage) -> None:
    first = bought(stage)
    refund_at_stripe(stage, first)
    assert stage.slots("sold") == 0
    stage.hold_id = stage.hold("ada", TWO)
    second = stage.buy("again")
    stage.run(60)
    assert stage.is_completed(second) and stage.rest() == []


def test_while_a_dispute_is_open_they_stay_and_when_it_is_lost_they_go(stage: Stage) -> None:
    order_id = bought(stage, DISPUTED)
    stage.run(60)
    assert (stage.tickets(), stage.slots("sold")) == ([], 2)
    [dispute] = stage.world.bank.all("dispute")
    lost = {"evidence": {"uncategorized_text": "losing_evidence"}}
    charges.update_dispute(stage.world.bank.book, lost, dispute["id"])
    stage.run(60)
    assert stage.slots("sold") == 0 and stage.ended(order_id)[0] in ("completed", "refunded")


def test_a_seat_whose_ticket_stands_is_kept(stage: Stage) -> None:
    """As of somebody who was let in: that ticket is not void, whatever became of the money."""
    order_id = bought(stage)
    key = {"pk": {"S": f"T#{ticket_id_of(order_id, TWO[0])}"}, "sk": {"S": "TICKET"}}
    request = {"TableName": "tickets", "Key": key, "UpdateExpression": "SET #s = :used"}
    names = {"ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":used": {"S": "used"}}}
    stage.world.tables.serve("UpdateItem", request | names)
    refund_at_stripe(stage, order_id)
    assert stage.slots("sold") == 1 and stage.hold("zoe", TWO[1:]).startswith("hld_")
