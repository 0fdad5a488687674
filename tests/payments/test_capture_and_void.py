"""CapturePayment takes exactly the order's amount once; VoidPayment gives back whatever was set aside."""

from __future__ import annotations

import io
from typing import Any

import pytest
import stripe

from kit import telemetry
from local.stripe_standin import StripeStandIn
from payments import gateway, store
from payments.payment import AlreadyCaptured, AmountMismatch, AuthorizationLost, CardDeclined, OutcomeUnknown
from tests.payments.purchases import (
    GIVEN_BACK,
    HELD,
    TAKEN,
    authorize,
    authorized,
    calls,
    capture,
    ledger,
    money,
    payment_of,
    requested,
    void,
)


def test_capture_takes_the_amount(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    assert capture(order_id) == {}
    assert money(stripe_standin, order_id) == TAKEN
    assert payment_of(order_id).state == "captured"
    keys = [call["key"] for call in stripe_standin.ask("state")["calls"] if call["path"].endswith("/capture")]
    assert keys == [f"purchase:{order_id}:capture"]


def test_a_repeated_capture_asks_nobody(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    capture(order_id)
    before = calls(stripe_standin)
    capture(order_id)
    assert calls(stripe_standin) == before


@pytest.mark.parametrize("pruned", [False, True])
def test_a_crash_after_the_capture_takes_nothing_twice(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch, pruned: bool
) -> None:
    order_id = authorized()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            capture(order_id)
    if pruned:
        stripe_standin.ask("keys/prune", {})
    capture(order_id)
    assert money(stripe_standin, order_id) == TAKEN
    assert payment_of(order_id).state == "captured"


@pytest.mark.parametrize("how", ["reset", "429", "500", "503"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("stored", [False, True])
def test_lost_answers_take_nothing_twice(stripe_standin: StripeStandIn, how: str, when: str, stored: bool) -> None:
    order_id = authorized()
    fault = {"how": how, "when": when, "count": 1 if stored else 3, "path": "*/capture"}
    stripe_standin.ask("faults", fault | ({"stored": True} if stored and how == "500" else {}))
    _until_known(capture, order_id)
    assert money(stripe_standin, order_id) == TAKEN
    assert payment_of(order_id).state == "captured"


@pytest.mark.parametrize("change", [{"amount": 12_400}, {"amount": 99_900}, {"currency": "USD"}])
def test_another_amount_is_never_taken(stripe_standin: StripeStandIn, change: dict[str, Any]) -> None:
    order_id = authorized()
    item = store.PaymentItem.get(order_id, "payment")
    item.update([getattr(store.PaymentItem, name).set(value) for name, value in change.items()])
    with pytest.raises(AmountMismatch):
        capture(order_id)
    assert money(stripe_standin, order_id) == HELD
    assert payment_of(order_id).state == "authorized"


def test_an_authorisation_that_lapsed_is_not_captured(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    gateway.cancel(str(payment_of(order_id).intent_id))
    with pytest.raises(AuthorizationLost):
        capture(order_id)
    assert money(stripe_standin, order_id) == GIVEN_BACK


def test_nothing_is_captured_that_was_not_authorised() -> None:
    with pytest.raises(AuthorizationLost):
        capture(requested())
    with pytest.raises(AuthorizationLost):
        capture("ord_0000000000000000")


def test_void_gives_back_and_repeats_harmlessly(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    for _ in range(2):
        assert void(order_id) == {}
        assert money(stripe_standin, order_id) == GIVEN_BACK
        assert payment_of(order_id).state == "voided"
    with pytest.raises(AuthorizationLost):
        capture(order_id)


def test_void_without_a_payment_or_an_intent(stripe_standin: StripeStandIn) -> None:
    assert void("ord_0000000000000000") == {}
    order_id = requested()
    assert void(order_id) == {}
    assert payment_of(order_id).state == "voided"
    assert money(stripe_standin, order_id) == []


def test_void_finds_an_intent_whose_id_was_never_recorded(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe_standin.ask("search", {"lag_seconds": 60})
    order_id = requested()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            authorize(order_id)
    void(order_id)
    assert money(stripe_standin, order_id) == GIVEN_BACK
    assert payment_of(order_id).state == "voided"


def test_void_leaves_somebody_elses_intent_alone(stripe_standin: StripeStandIn) -> None:
    order_id = requested()
    client = stripe.StripeClient("sk_test_other", base_addresses={"api": stripe_standin.url})
    client.v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "capture_method": "manual",
            "confirm": True,
            "metadata": {"order_id": order_id},
        }
    )
    void(order_id)
    assert money(stripe_standin, order_id) == [("requires_capture", 900, 0)]


def test_void_after_a_decline_closes_the_intent_and_keeps_the_reason(stripe_standin: StripeStandIn) -> None:
    order_id = requested("pm_card_chargeDeclined")
    with pytest.raises(CardDeclined):
        authorize(order_id)
    void(order_id)
    assert money(stripe_standin, order_id) == GIVEN_BACK
    assert (payment_of(order_id).state, payment_of(order_id).decline_code) == ("failed", "generic_decline")


def test_void_does_not_undo_a_capture(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    capture(order_id)
    with pytest.raises(AlreadyCaptured):
        void(order_id)
    assert money(stripe_standin, order_id) == TAKEN


def test_void_discovers_a_capture_that_was_never_recorded(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = authorized()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            capture(order_id)
    with pytest.raises(AlreadyCaptured):
        void(order_id)
    assert payment_of(order_id).state == "captured"


@pytest.mark.parametrize("how", ["reset", "429", "500"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_void_is_not_done_until_it_is_known(stripe_standin: StripeStandIn, how: str, when: str) -> None:
    order_id = authorized()
    stripe_standin.ask("faults", {"how": how, "when": when, "count": 3, "path": "*/cancel"})
    _until_known(void, order_id)
    assert money(stripe_standin, order_id) == GIVEN_BACK
    assert payment_of(order_id).state == "voided"


def test_nothing_about_the_card_is_logged(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    logged = io.StringIO()
    monkeypatch.setattr(telemetry.log.registered_handler, "stream", logged)
    stripe_standin.ask("faults", {"how": "500", "count": 3})
    order_id = requested("pm_card_chargeDeclined")
    with pytest.raises(OutcomeUnknown):
        authorize(order_id)
    with pytest.raises(CardDeclined):
        authorize(order_id)
    text = logged.getvalue()
    intent_id = ledger(stripe_standin, order_id)[0]["payment_intent"]
    assert "no final answer" in text
    assert not [word for word in ("sk_test", "pm_", "_secret_", "4242", intent_id) if word in text]


class Crash(Exception):
    pass


def _crash(*_: Any, **__: Any) -> None:
    raise Crash


def _until_known(action: Any, order_id: str) -> None:
    """As the state machine does: the same step again, as long as the outcome is unknown."""
    for _ in range(5):
        try:
            action(order_id)
            return
        except OutcomeUnknown:
            continue
    pytest.fail("the outcome stayed unknown")
