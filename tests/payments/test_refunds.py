"""RefundPayment: in part or whole, each refund once, never more than was taken, whatever breaks or repeats."""

from __future__ import annotations

from typing import Any

import pytest

from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from payments import NothingCaptured, RefundTooLarge, get_refund, refunding, refunds_of, request_refund, store
from payments.payment import AlreadyCaptured, OutcomeUnknown
from payments.refunds import RefundRefused
from tests.payments.purchases import (
    NOW,
    PRICE,
    authorized,
    calls,
    capture,
    captured,
    check_books,
    given_back,
    payment_of,
    refund,
    requested,
    void,
)

PART = Money(4_500, "EUR")


def test_parts_and_then_the_rest(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    assert refund(order_id, "first", PART) == {"state": "succeeded"}
    assert (payment_of(order_id).state, payment_of(order_id).left) == ("captured", Money(8_000, "EUR"))
    refund(order_id, "second", PART)
    assert check_books(stripe_standin, order_id).refunded == 9_000
    refund(order_id)
    assert (payment_of(order_id).state, given_back(stripe_standin, order_id)) == ("refunded", PRICE.amount)
    assert [one.amount.amount for one in refunds_of(order_id)] == [4_500, 4_500, 3_500]
    assert refund(order_id) == {"state": "succeeded"}
    assert refund(order_id, "another") == {"state": None}
    assert check_books(stripe_standin, order_id).refunded == PRICE.amount


def test_a_repeat_gives_nothing_twice_and_asks_nobody(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    refund(order_id, "first", PART)
    before = calls(stripe_standin)
    refund(order_id, "first", PART)
    refund(order_id, "first")
    assert calls(stripe_standin) == before
    assert given_back(stripe_standin, order_id) == PART.amount
    keys = [call["key"] for call in stripe_standin.ask("state")["calls"] if call["path"] == "/v1/refunds"]
    assert keys == [f"purchase:{order_id}:refund:first"]


@pytest.mark.parametrize("amount", [Money(PRICE.amount + 1, "EUR"), Money(0, "EUR"), Money(-1, "EUR"), Money(1, "USD")])
def test_no_other_amount_than_what_was_taken(stripe_standin: StripeStandIn, amount: Money) -> None:
    order_id = captured()
    with pytest.raises(RefundTooLarge) as refused:
        refund(order_id, "first", amount)
    assert refused.value.data == {"left": {"amount": PRICE.amount, "currency": "EUR"}}
    assert (refunds_of(order_id), given_back(stripe_standin, order_id)) == ([], 0)


def test_two_refunds_decided_at_once_never_exceed_what_was_taken(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    payment = payment_of(order_id)
    first, second = Transaction(), Transaction()
    request_refund(first, payment, "first", Money(8_000, "EUR"), NOW)
    request_refund(second, payment, "second", Money(8_000, "EUR"), NOW)
    first.commit()
    with pytest.raises(RefundTooLarge):
        second.commit()
    refund(order_id, "first")
    assert given_back(stripe_standin, order_id) == 8_000


def test_what_was_not_taken_is_not_given_back() -> None:
    for order_id in (requested(), authorized(), "ord_0000000000000000"):
        with pytest.raises(NothingCaptured):
            refund(order_id)
        assert refunds_of(order_id) == []


@pytest.mark.parametrize("how", ["reset", "429", "409", "500", "503"])
@pytest.mark.parametrize(("when", "lost"), [("before", 1), ("before", 3), ("after", 1), ("after", 3)])
def test_lost_answers_give_nothing_twice(stripe_standin: StripeStandIn, how: str, when: str, lost: int) -> None:
    order_id = captured()
    stripe_standin.ask("faults", {"how": how, "when": when, "count": lost, "path": "/v1/refunds"})
    _until_known(order_id)
    assert given_back(stripe_standin, order_id) == PART.amount
    assert check_books(stripe_standin, order_id).refunded == PART.amount


def test_a_stored_500_behind_which_is_nothing_is_asked_again(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    stripe_standin.ask("faults", {"how": "500", "stored": True, "path": "/v1/refunds"})
    refund(order_id, "first", PART)
    assert given_back(stripe_standin, order_id) == PART.amount


@pytest.mark.parametrize("pruned", [False, True])
def test_a_crash_after_the_refund_gives_nothing_twice(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch, pruned: bool
) -> None:
    order_id = captured()
    with monkeypatch.context() as crash:
        crash.setattr(refunding, "end_refund", _crash)
        with pytest.raises(Crash):
            refund(order_id, "first", PART)
    if pruned:
        stripe_standin.ask("keys/prune", {})
    refund(order_id, "first", PART)
    assert given_back(stripe_standin, order_id) == PART.amount
    assert payment_of(order_id).refunded_minor == PART.amount


def test_a_provider_that_refuses_for_a_while_is_asked_again(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    stripe_standin.ask("faults", {"how": "503", "count": 9, "path": "/v1/refunds"})
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            refund(order_id, "first", PART)
        found = get_refund(order_id, "first")
        assert found and found.state == "requested"
    assert payment_of(order_id).left == PRICE - PART
    refund(order_id, "first", PART)
    assert given_back(stripe_standin, order_id) == PART.amount


def test_a_refund_stripe_will_not_make_says_why(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_createDispute")
    for _ in range(2):
        with pytest.raises(RefundRefused, match="charge_disputed"):
            refund(order_id, "first", PART)
    found = get_refund(order_id, "first")
    assert found and (found.state, found.failure) == ("failed", "charge_disputed")
    assert payment_of(order_id).left == PRICE
    assert check_books(stripe_standin, order_id).refunded == 0


def test_a_refund_on_its_way_is_not_asked_for_again(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_pendingRefund")
    for _ in range(2):
        assert refund(order_id, "first", PART) == {"state": "requested"}
    assert len(stripe_standin.ask("state")["refunds"]) == 1
    assert payment_of(order_id).refunded_minor == 0


def test_a_refunded_order_captures_and_voids_nothing(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    with pytest.raises(AlreadyCaptured):
        void(order_id)
    refund(order_id)
    assert (capture(order_id), void(order_id)) == ({}, {})
    assert check_books(stripe_standin, order_id).captured == PRICE.amount


def test_whoever_decides_on_a_refund_writes_it_with_the_decision(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    decision = Transaction()
    request_refund(decision, payment_of(order_id), "first", PART, NOW)
    decision.commit()
    again = Transaction()
    request_refund(again, payment_of(order_id), "first", PART, NOW)
    with pytest.raises(store.Moved):
        again.commit()
    assert given_back(stripe_standin, order_id) == 0
    refund(order_id, "first")
    assert given_back(stripe_standin, order_id) == PART.amount


class Crash(Exception):
    pass


def _crash(*_: Any, **__: Any) -> None:
    raise Crash


def _until_known(order_id: str) -> None:
    for _ in range(5):
        try:
            refund(order_id, "first", PART)
            return
        except OutcomeUnknown:
            continue
    pytest.fail("the outcome stayed unknown")
