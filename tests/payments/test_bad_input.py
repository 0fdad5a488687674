"""What a purchase must survive from outside, each through its front door: the HTTP API or the webhook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog.events import RefundPolicy
from local.stripe_standin import charges, intents
from tests.faults.stage import TWO, Stage
from tests.faults.world import World
from tests.inventory import house
from tests.inventory.house import word

DECLINED_AFTER_3DS = "pm_card_threeDSecureRequiredChargeDeclined"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with World().entered() as world:
        yield Stage(world)


def test_a_webhook_for_a_deleted_order_is_kept_and_changes_nothing(stage: Stage) -> None:
    """As after somebody deleted it by hand: the payment and the order are gone, Stripe still tells of it."""
    stage.world.deliveries.held = []
    order_id = stage.buy()
    stage.run(60)
    event = stage.held_event("payment_intent.succeeded", order_id)
    for table, pk, sk in (("orders", f"O#{order_id}", "ORDER"), ("payments", order_id, "payment")):
        stage.world.tables.serve("DeleteItem", {"TableName": table, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}})
    before = stage.seats(), stage.intents(order_id), stage.tickets()
    assert stage.world.deliveries.deliver(event) == "parked"
    assert stage.world.deliveries.deliver(event) == "repeated"
    stage.run(3600)
    assert (stage.seats(), stage.intents(order_id), stage.tickets()) == before
    assert stage.world.tables.look("orders", f"O#{order_id}", "ORDER") is None
    assert stage.world.counted["UnexpectedPayment"] == 1


def test_a_refund_larger_than_the_capture_is_not_believed(stage: Stage) -> None:
    stage.world.deliveries.held = []
    order_id = stage.buy()
    stage.run(60)
    charges.refund(stage.world.bank.book, {"payment_intent": stage.intent(order_id)["id"], "amount": "100"})
    [event] = [one for one in stage.world.deliveries.held if one["type"] == "refund.created"]
    about = {**event["data"]["object"], "id": "re_forged", "amount": 16_201}
    assert stage.world.deliveries.deliver({**event, "id": "evt_forged", "data": {"object": about}}) == "ignored"
    assert (stage.payment(order_id).state, stage.payment(order_id).refunded_minor) == ("captured", 0)
    assert len(stage.tickets()) == 2
    assert stage.world.deliveries.deliver(event) == "applied" and stage.payment(order_id).refunded_minor == 100


def test_more_money_back_than_was_paid_cannot_be_asked_for(stage: Stage) -> None:
    stage.event_id = house.open_event(now=stage.now, refund_policy=RefundPolicy(1, fees_returned=True))
    stage.hold_id = stage.hold("ada", TWO)
    order_id = stage.buy()
    stage.run(60)
    status, problem = cancel(stage, order_id, expectedRefund={"amount": 16_201, "currency": "EUR"})
    assert (status, word(problem), stage.tickets()) == (422, "refund-mismatch", ["4", "5"])
    assert stage.world.bank.all("refund") == []
    assert cancel(stage, order_id, amount=99_999)[0] == 422


def test_a_review_is_answered_once(stage: Stage) -> None:
    stage.fault("throttled", "AssessFraud", "dynamodb.* fraud", times=100)
    order_id = stage.buy()
    stage.run(120)
    stage.world.trouble.clear()
    assert stage.ended(order_id) == ("in_review", None)
    assert stage.answer_review(order_id, "approve") == 200
    assert [stage.answer_review(order_id, decision) for decision in ("approve", "decline")] == [409, 409]
    stage.run(60)
    assert stage.is_completed(order_id) and stage.answer_review(order_id, "decline") == 409
    assert stage.rest() == []


def test_two_orders_for_one_hold_are_one_purchase(stage: Stage) -> None:
    first = stage.buy("first")
    status, problem = stage.post("second")
    assert (status, word(problem)) == (409, "purchase-in-progress")
    stage.run(60)
    assert stage.is_completed(first)
    status, problem = stage.post("third")
    assert status in (404, 409, 410) and len(stage.world.bank.all("payment_intent")) == 1


@pytest.mark.parametrize("total", [{"amount": 16_200, "currency": "USD"}, {"amount": 16_200, "currency": "eur"}])
def test_an_amount_in_another_currency_is_no_price(stage: Stage, total: dict[str, Any]) -> None:
    status, problem = stage.post(expectedTotal=total)
    assert status == 422 and word(problem) in ("price-mismatch", "invalid-fields", "invalid")
    assert stage.world.bank.all("payment_intent") == [] and not stage.world.tables.scan("orders")


def test_a_card_that_fails_after_3d_secure_keeps_the_hold_for_another(stage: Stage) -> None:
    order_id = stage.buy(card=DECLINED_AFTER_3DS)
    stage.run(10)
    assert stage.ended(order_id)[0] == "requires_action"
    intents.authenticate(stage.world.bank.book, stage.intent(order_id), passed=True)
    stage.run(60)
    assert stage.ended(order_id) == ("failed", "payment-declined")
    assert all(taken == 0 and aside == 0 for _, aside, taken in stage.intents(order_id)) and stage.slots("held") == 2
    second = stage.buy("second")
    stage.run(60)
    assert stage.is_completed(second) and stage.rest() == []


def cancel(stage: Stage, order_id: str, **body: Any) -> tuple[int, Any]:
    route, path = "POST /orders/{orderId}/cancel", {"orderId": order_id}
    return stage.world.call(route, "tickets.cancel_tickets", "ada", path=path, body=body)
