"""AuthorizePayment: at most one live authorisation per order, whatever breaks or repeats."""

from __future__ import annotations

from typing import Any

import pytest

from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from payments import gateway, get_payment, request_payment, store
from payments.payment import CardDeclined, OutcomeUnknown, PaymentClosed
from tests.payments.purchases import (
    GIVEN_BACK,
    HELD,
    NOW,
    PRICE,
    authorize,
    authorized,
    calls,
    ledger,
    money,
    payment_of,
    requested,
    void,
)


def test_the_amount_is_set_aside_and_not_taken(stripe_standin: StripeStandIn) -> None:
    order_id = requested()
    assert authorize(order_id) == {}
    assert money(stripe_standin, order_id) == HELD
    payment = payment_of(order_id)
    [line] = ledger(stripe_standin, order_id)
    assert (payment.state, payment.intent_id, payment.amount) == ("authorized", line["payment_intent"], PRICE)
    assert line["currency"] == "eur"
    [call] = stripe_standin.ask("state")["calls"]
    assert call["key"] == f"purchase:{order_id}:authorize"


def test_a_repeat_asks_nobody(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    before = calls(stripe_standin)
    authorize(order_id)
    assert calls(stripe_standin) == before


def test_a_crash_before_the_record_finds_the_same_authorisation(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = requested()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            authorize(order_id)
    assert payment_of(order_id).state == "requested"
    authorize(order_id)
    assert money(stripe_standin, order_id) == HELD
    assert payment_of(order_id).state == "authorized"


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    ],
)
def test_a_declined_card_says_why_each_time(stripe_standin: StripeStandIn, method: str, code: str) -> None:
    order_id = requested(method)
    for _ in range(2):
        with pytest.raises(CardDeclined) as declined:
            authorize(order_id)
        assert str(declined.value) == code
    assert (payment_of(order_id).state, payment_of(order_id).decline_code) == ("failed", code)
    assert money(stripe_standin, order_id) == [("requires_payment_method", 0, 0)]


@pytest.mark.parametrize("method", ["pm_nobody_has_this", "4242424242424242"])
def test_an_unusable_payment_method_is_a_decline(stripe_standin: StripeStandIn, method: str) -> None:
    order_id = requested(method)
    with pytest.raises(CardDeclined) as declined:
        authorize(order_id)
    assert str(declined.value) == "resource_missing"
    assert money(stripe_standin, order_id) == []
    assert payment_of(order_id).state == "failed"


@pytest.mark.parametrize("how", ["reset", "429", "409", "500", "503"])
@pytest.mark.parametrize(("when", "lost"), [("before", 1), ("before", 3), ("after", 1), ("after", 4)])
def test_lost_answers_never_make_a_second_authorisation(
    stripe_standin: StripeStandIn, how: str, when: str, lost: int
) -> None:
    order_id = requested()
    stripe_standin.ask("faults", {"how": how, "when": when, "count": lost})
    _until_known(order_id)
    assert money(stripe_standin, order_id) == HELD
    assert payment_of(order_id).state == "authorized"


@pytest.mark.parametrize("when", ["before", "after"])
def test_timeouts(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr("payments.gateway.READ_SECONDS", 0.3)
    order_id = requested()
    stripe_standin.ask("faults", {"how": "timeout", "when": when, "count": 3, "seconds": 2})
    with pytest.raises(OutcomeUnknown):
        authorize(order_id)
    assert payment_of(order_id).state == "requested"
    authorize(order_id)
    assert money(stripe_standin, order_id) == HELD


def test_a_stored_500_is_looked_behind_without_the_search_index(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("search", {"lag_seconds": 60})
    stripe_standin.ask("faults", {"how": "500", "when": "after"})
    order_id = authorized()
    assert money(stripe_standin, order_id) == HELD
    assert payment_of(order_id).intent_id == ledger(stripe_standin, order_id)[0]["payment_intent"]


def test_a_stored_500_of_a_decline_is_a_decline(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "500", "when": "after"})
    order_id = requested("pm_card_chargeDeclinedInsufficientFunds")
    with pytest.raises(CardDeclined, match="insufficient_funds"):
        authorize(order_id)
    assert payment_of(order_id).state == "failed"


def test_a_stored_500_behind_which_is_nothing_stays_unknown(stripe_standin: StripeStandIn) -> None:
    stripe_standin.ask("faults", {"how": "500", "stored": True})
    order_id = requested()
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            authorize(order_id)
    void(order_id)
    assert money(stripe_standin, order_id) == []
    assert payment_of(order_id).state == "voided"


def test_a_replayed_answer_is_not_taken_for_the_present(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = requested()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            authorize(order_id)
    gateway.cancel(ledger(stripe_standin, order_id)[0]["payment_intent"])
    with pytest.raises(PaymentClosed):
        authorize(order_id)
    assert payment_of(order_id).state == "requested"


def test_an_authorisation_that_comes_after_the_void_gives_itself_back(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = requested()
    ask = gateway.authorize

    def slowly(payment: Any, **asked: Any) -> Any:
        with monkeypatch.context() as other:
            other.setattr(gateway, "find", lambda _: [])  # Stripe has not heard of it yet
            void(order_id)
        return ask(payment, **asked)

    monkeypatch.setattr(gateway, "authorize", slowly)
    with pytest.raises(PaymentClosed):
        authorize(order_id)
    assert money(stripe_standin, order_id) == GIVEN_BACK
    assert payment_of(order_id).state == "voided"


def test_a_voided_payment_is_not_authorised(stripe_standin: StripeStandIn) -> None:
    order_id = requested()
    void(order_id)
    with pytest.raises(PaymentClosed):
        authorize(order_id)
    assert money(stripe_standin, order_id) == []


def test_an_order_asks_for_payment_once() -> None:
    order_id = requested()
    again = Transaction()
    request_payment(again, order_id, Money(1, "EUR"), "pm_card_visa", NOW)
    with pytest.raises(store.AlreadyRequested):
        again.commit()
    assert payment_of(order_id).amount == PRICE
    assert get_payment("ord_0000000000000000") is None


class Crash(Exception):
    pass


def _crash(*_: Any, **__: Any) -> None:
    raise Crash


def _until_known(order_id: str) -> None:
    """As the state machine does: the same step again, as long as the outcome is unknown."""
    for _ in range(8):
        try:
            authorize(order_id)
            return
        except OutcomeUnknown:
            continue
    pytest.fail("the outcome stayed unknown")
