"""AssessFraud: a purchase goes on only with its own lease and a decision (fault matrix, S2 and S3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import fraud
from inventory import HoldExpired
from kit import ids
from kit.errors import NotFound
from orders import assess_fraud, get_order
from orders.assess_fraud import FraudBlocked
from tests import harness
from tests.inventory.house import NOON, hold, open_event, show

SEATS = ["stalls-0-4", "stalls-0-5"]
LEASE_ENDS = NOON + timedelta(minutes=15)


def purchase(person: str = "ada") -> dict[str, Any]:
    """An accepted order, as its steps are told."""
    basket = hold(open_event(), SEATS, person=person)[1]
    status, order, _ = harness.call(
        "orders.start_purchase",
        body={"holdId": basket["holdId"], "paymentInfo": {"paymentMethodId": "pm_card_visa"}},
        headers={"idempotency-key": "first"},
        person=person,
        now=NOON,
    )
    assert status == 202, order
    names = ("orderId", "eventId", "personId", "holdId", "leaseEndsAt")
    return {"seatIds": SEATS, **{name: order.get(name, person) for name in names}}


def assess(document: dict[str, Any], now: datetime = NOON) -> Any:
    return harness.run_step(assess_fraud, "AssessFraud", document, now)


def flood(document: dict[str, Any], orders: int) -> None:
    for _ in range(orders):
        other = ids.new("ord", NOON)
        fraud.assess(other, document["personId"], document["eventId"], seats=1, total_minor=1000, now=NOON)


def verdict_on(document: dict[str, Any]) -> str | None:
    decision = fraud.decision_on(document["orderId"])
    return decision.verdict if decision else None


def test_the_lease_is_its_own_however_often_it_is_looked_at() -> None:
    document = purchase()
    for _ in range(2):
        assert assess(document) is False
    assert verdict_on(document) == "approve"
    assert show(document["holdId"], now=LEASE_ENDS - timedelta(seconds=1))[0] == 200


def test_a_lease_that_ended_is_not_even_decided_on() -> None:
    document = purchase()
    with pytest.raises(HoldExpired):
        assess(document, LEASE_ENDS)
    assert verdict_on(document) is None


@pytest.mark.parametrize("change", [{"personId": "eve"}, {"eventId": "evt_0000000000000001"}])
def test_a_hold_that_is_not_this_orders(change: dict[str, Any]) -> None:
    document = purchase() | change
    with pytest.raises(HoldExpired):
        assess(document)
    assert verdict_on(document) is None


def test_an_order_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        assess(purchase() | {"orderId": "ord_0000000000000000"})


def test_a_block_is_for_good() -> None:
    document = purchase()
    flood(document, 20)
    for _ in range(2):
        with pytest.raises(FraudBlocked):
            assess(document)
        assert verdict_on(document) == "block"


def test_whom_to_doubt_a_little_the_bank_makes_sure_of() -> None:
    document = purchase()
    flood(document, 8)
    assert [assess(document), assess(document)] == [True, True]
    assert verdict_on(document) == "challenge"


def test_a_block_whose_answer_was_lost_is_reviewed_by_nobody() -> None:
    """CA: the decision stands although AssessFraud seems to have failed (I16)."""
    document = purchase()
    flood(document, 20)
    with pytest.raises(FraudBlocked):
        assess(document)
    with pytest.raises(FraudBlocked):
        wait = {"orderId": document["orderId"], "taskToken": "a-token"}
        harness.run_step("orders.await_review", "AwaitReview", wait, NOON)
    assert get_order(document["orderId"]).status == "pending"
