"""A cancel while the money is being taken: whoever asks, and however it crosses the capture, one clear end."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest

import catalog
from local.stripe_standin import charges, intents
from payments import gateway
from payments.refunds import RefundRefused
from tests.faults.stage import Stage
from tests.faults.world import World
from tests.inventory import house


@pytest.fixture
def stage() -> Iterator[Stage]:
    with World().entered() as world:
        yield Stage(world)


def test_a_buyer_who_cancels_during_the_capture_is_asked_to_wait_and_then_the_policy_decides(
    stage: Stage,
) -> None:
    order_id = stage.buy()
    said: list[tuple[int, str]] = []
    stage.meanwhile("CapturePayment", "stripe POST *", lambda: said.append(_cancel(stage, order_id)))
    stage.run()
    assert said == [(409, "order-under-way")]
    assert stage.is_completed(order_id)
    assert _cancel(stage, order_id) == (409, "cancellation-refused")


def test_an_event_cancelled_during_the_capture_leaves_the_order_completed_for_the_refunds_to_find(
    stage: Stage,
) -> None:
    order_id = stage.buy()
    stage.meanwhile("CapturePayment", "stripe POST *", lambda: catalog.mark_cancelled(stage.event_id))
    stage.run()
    assert stage.is_completed(order_id)


def test_money_taken_by_hand_while_the_purchase_fails_goes_back_and_the_seats_are_free(stage: Stage) -> None:
    order_id = stage.buy()
    stage.meanwhile("SellSeats", "*", lambda: _capture_and_call_off(stage, order_id))
    stage.run()
    payment = stage.payment(order_id)
    assert stage.execution(order_id).states[-4:] == ["VoidPayment", "RefundPayment", "ReleaseSeats", "FailOrder"]
    assert stage.ended(order_id) == ("failed", "event-cancelled")
    assert (payment.state, payment.kept_minor) == ("refunded", 0)
    assert stage.slots("sold") == stage.slots("held") == 0 and not stage.tickets()
    assert "order-failed" in stage.mails()
    assert stage.rest() == []


def test_a_refund_that_was_refused_and_made_by_hand_ends_the_order(stage: Stage) -> None:
    order_id = stage.buy()
    stage.meanwhile("SellSeats", "*", lambda: _capture_and_call_off(stage, order_id))
    with mock.patch.object(gateway, "refund", side_effect=RefundRefused("charge_disputed")):
        stage.run()
    assert (stage.ended(order_id), stage.execution(order_id).state) == (("pending", None), "RefundPayment")
    charges.refund(stage.world.bank.book, {"payment_intent": stage.intent(order_id)["id"]})
    stage.run(180)
    assert stage.ended(order_id) == ("failed", "event-cancelled")
    assert stage.payment(order_id).state == "refunded" and stage.rest() == []


def _capture_and_call_off(stage: Stage, order_id: str) -> None:
    catalog.mark_cancelled(stage.event_id)
    intents.capture(stage.world.bank.book, {}, stage.intent(order_id)["id"])


def _cancel(stage: Stage, order_id: str) -> tuple[int, str]:
    """The status, and the word of a refusal."""
    status, answer = stage.world.call(
        "POST /orders/{orderId}/cancel",
        "tickets.cancel_tickets",
        "ada",
        body={},
        path={"orderId": order_id},
        headers={"idempotency-key": "cancel"},
    )
    return status, house.word(answer) if status >= 400 else ""
