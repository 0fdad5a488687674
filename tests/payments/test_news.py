"""Webhooks about refunds, disputes and fraud warnings, and events that came before their payment."""

from __future__ import annotations

from typing import Any

import pytest

from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from payments import disputes_of, following, gateway, refunding, refunds_of, request_payment, store
from payments.inbox import ParkedItem
from payments.outbox import NewsItem
from payments.payment import AuthorizationLost, State
from tests.payments.deliveries import all_sent, deliver, sent
from tests.payments.purchases import (
    GIVEN_BACK,
    HELD,
    NOW,
    PRICE,
    authorize,
    authorized,
    capture,
    captured,
    check_books,
    given_back,
    ledger,
    money,
    payment_of,
    refund,
    requested,
    void,
)

PART = Money(4_500, "EUR")
WON, LOST = {"uncategorized_text": "winning_evidence"}, {"uncategorized_text": "losing_evidence"}


def news(order_id: str) -> list[str]:
    return sorted(item.news for item in NewsItem.query(order_id, NewsItem.sk.startswith("outbox#")))


def at_stripe(stand_in: StripeStandIn, order_id: str, amount: int | None = None) -> Any:
    """Somebody refunds in Stripe's dashboard."""
    params: Any = {"payment_intent": ledger(stand_in, order_id)[0]["payment_intent"]}
    return gateway.client().v1.refunds.create(params | ({"amount": amount} if amount else {}))


# Refunds


def test_our_own_refund_is_no_news_when_stripe_tells_of_it(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    refund(order_id, "first", PART)
    assert news(order_id) == ["refunded"]
    [event] = all_sent(stripe_standin, "refund.created")
    assert deliver(event) == "stale"
    assert deliver(event) == "repeated"
    assert payment_of(order_id).refunded_minor == PART.amount


def test_a_refund_whose_answer_was_lost_is_told_by_webhook(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = captured()
    with monkeypatch.context() as crash:
        crash.setattr(refunding, "end_refund", _crash)
        with pytest.raises(Crash):
            refund(order_id, "first", PART)
    [event] = all_sent(stripe_standin, "refund.created")
    assert deliver(event) == "applied"
    assert refund(order_id, "first", PART) == {"state": "succeeded"}
    assert given_back(stripe_standin, order_id) == check_books(stripe_standin, order_id).refunded == PART.amount


def test_a_refund_on_its_way_arrives(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_pendingRefund")
    refund(order_id)
    [made] = stripe_standin.ask("state")["refunds"]
    assert (payment_of(order_id).state, news(order_id)) == ("captured", [])
    stripe_standin.ask(f"refunds/{made['id']}", {"status": "succeeded"})
    for event in all_sent(stripe_standin, "refund."):
        deliver(event)
    assert (payment_of(order_id).state, news(order_id)) == ("refunded", ["refunded"])


def test_a_refund_that_the_bank_sends_back_is_owed_again(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms: list[str] = []
    monkeypatch.setattr(refunding, "count", alarms.append)
    order_id = captured()
    refund(order_id)
    [made] = stripe_standin.ask("state")["refunds"]
    stripe_standin.ask(f"refunds/{made['id']}", {"status": "failed"})
    events = all_sent(stripe_standin, "refund.")
    assert [deliver(event) for event in events] == ["stale", "applied", "stale"]
    assert (payment_of(order_id).state, payment_of(order_id).left) == ("captured", PRICE)
    assert (alarms, news(order_id)) == (["RefundFailed"], ["refund-failed", "refunded"])
    assert check_books(stripe_standin, order_id).refunded == 0


def test_a_refund_made_at_stripe_is_entered(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    at_stripe(stripe_standin, order_id, 1_000)
    [event] = all_sent(stripe_standin, "refund.created")
    assert deliver(event) == "applied"
    [found] = refunds_of(order_id)
    assert (found.amount.amount, found.state, found.refund_id) == (1_000, "succeeded", found.stripe_id)
    assert check_books(stripe_standin, order_id).refunded == 1_000


def test_refunded_before_succeeded_ends_refunded(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = authorized()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            capture(order_id)
    at_stripe(stripe_standin, order_id)
    assert payment_of(order_id).state == "authorized"
    [event] = all_sent(stripe_standin, "refund.created")
    assert deliver(event) == "applied"
    assert payment_of(order_id).state == "refunded"
    for kind in ("succeeded", "amount_capturable_updated"):
        assert deliver(sent(stripe_standin, order_id, kind)) == "stale"
    capture(order_id)  # finds what its first try took
    assert payment_of(order_id).state == "refunded"
    check_books(stripe_standin, order_id)


def test_an_authorisation_released_is_no_refund(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    gateway.cancel(str(payment_of(order_id).intent_id))
    [released] = stripe_standin.ask("state")["refunds"]
    event = stripe_standin.ask("events", {"type": "refund.created", "object": released})
    assert deliver(event) == "stale"
    assert (payment_of(order_id).state, refunds_of(order_id)) == ("voided", [])


def test_money_taken_for_an_order_that_had_ended_goes_back(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = requested()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            authorize(order_id)
    intent_id = ledger(stripe_standin, order_id)[0]["payment_intent"]
    gateway.capture(payment_of(order_id), intent_id)
    store.move(payment_of(order_id), State.VOIDED, NOW)
    assert deliver(sent(stripe_standin, order_id, "succeeded")) == "stray"
    assert (payment_of(order_id).state, given_back(stripe_standin, order_id)) == ("refunded", PRICE.amount)
    check_books(stripe_standin, order_id)


def taken_after_its_end() -> str:
    order_id = authorized()
    store.move(payment_of(order_id), State.VOIDED, NOW)
    gateway.capture(payment_of(order_id), str(payment_of(order_id).intent_id))
    return order_id


def test_money_taken_after_the_end_goes_back_though_the_webhook_crashes(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = taken_after_its_end()
    taken = sent(stripe_standin, order_id, "succeeded")
    for crashing in ("move", "post"):
        with monkeypatch.context() as crash:
            crash.setattr(store, crashing, _crash)
            with pytest.raises(AssertionError):  # it answers 500, and Stripe delivers again
                deliver(taken)
        assert given_back(stripe_standin, order_id) == PRICE.amount
    assert deliver(taken) == "stray"
    assert payment_of(order_id).state == "refunded"
    check_books(stripe_standin, order_id)


def test_money_taken_after_the_end_is_recorded_though_the_webhook_crashes(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = taken_after_its_end()
    with monkeypatch.context() as crash:
        crash.setattr(following, "refund_payment", _crash)
        with pytest.raises(AssertionError):
            deliver(sent(stripe_standin, order_id, "succeeded"))
    [returned] = all_sent(stripe_standin, "refund.created")
    assert deliver(returned) == "applied"
    assert (payment_of(order_id).state, given_back(stripe_standin, order_id)) == ("refunded", PRICE.amount)
    check_books(stripe_standin, order_id)


# Disputes


def test_a_dispute_takes_the_money_until_it_is_decided(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_createDispute")
    events = all_sent(stripe_standin, "charge.dispute.")
    assert [deliver(event) for event in events] == ["applied", "stale"]
    [dispute] = disputes_of(order_id)
    assert (dispute.standing, dispute.reason, dispute.amount) == ("open", "fraudulent", PRICE)
    assert set(dispute.evidence) >= {"authorizedAt", "capturedAt", "threeDSecure", "cvcCheck", "refundedMinor"}
    assert check_books(stripe_standin, order_id).disputed == PRICE.amount
    assert news(order_id) == ["dispute-opened"]


@pytest.mark.parametrize(("evidence", "standing", "disputed"), [(WON, "won", 0), (LOST, "lost", PRICE.amount)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_dispute_is_decided_in_whatever_order_it_is_told(
    stripe_standin: StripeStandIn, evidence: Any, standing: str, disputed: int, turned: bool
) -> None:
    order_id = captured("pm_card_createDispute")
    [made] = stripe_standin.ask("state")["disputes"]
    gateway.client().v1.disputes.update(made["id"], {"evidence": evidence, "submit": True})
    events = all_sent(stripe_standin, "charge.dispute.")
    for event in reversed(events) if turned else events:
        deliver(event)
    assert [dispute.standing for dispute in disputes_of(order_id)] == [standing]
    assert check_books(stripe_standin, order_id).disputed == disputed
    assert f"dispute-{standing}" in news(order_id)


# Fraud warnings


def test_a_warning_before_the_capture_lets_nothing_be_taken(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    warning = {"id": "issfr_1", "fraud_type": "misc", "payment_intent": payment_of(order_id).intent_id}
    event = stripe_standin.ask("events", {"type": "radar.early_fraud_warning.created", "object": warning})
    assert deliver(event) == "applied"
    assert (money(stripe_standin, order_id), news(order_id)) == (GIVEN_BACK, [])
    with pytest.raises(AuthorizationLost):
        capture(order_id)


def test_after_a_warning_the_money_goes_back(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_createIssuerFraudRecord")
    [event] = all_sent(stripe_standin, "radar.")
    assert deliver(event) == "applied"
    assert deliver(event) == "repeated"
    assert (payment_of(order_id).state, news(order_id)) == ("refunded", ["fraud-warned", "refunded"])
    assert check_books(stripe_standin, order_id).refunded == PRICE.amount


def test_a_warning_about_a_payment_that_has_ended_is_nothing_new(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    warning = {"id": "issfr_2", "fraud_type": "misc", "payment_intent": payment_of(order_id).intent_id}
    void(order_id)
    event = stripe_standin.ask("events", {"type": "radar.early_fraud_warning.created", "object": warning})
    assert (deliver(event), news(order_id)) == ("stale", [])


# Parked events


def test_what_came_before_the_payment_is_applied_once_it_is_there(stripe_standin: StripeStandIn) -> None:
    order_id = requested()
    authorize(order_id)
    event = sent(stripe_standin, order_id, "amount_capturable_updated")
    store.PaymentItem(order_id).delete()
    assert deliver(event) == "parked"
    assert store.get_payment(order_id) is None
    for entry in store.LedgerItem.query(order_id, store.LedgerItem.sk.startswith("ledger#")):
        entry.delete()
    again = Transaction()
    request_payment(again, order_id, PRICE, "pm_card_visa", NOW)
    again.commit()
    authorize(order_id)
    assert (payment_of(order_id).state, money(stripe_standin, order_id)) == ("authorized", HELD)
    creations = [call for call in stripe_standin.ask("state")["calls"] if call["path"] == "/v1/payment_intents"]
    assert len(creations) == 1
    check_books(stripe_standin, order_id)


def test_a_parked_event_keeps_no_secret(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    event = sent(stripe_standin, order_id, "amount_capturable_updated")
    event["data"]["object"]["metadata"]["order_id"] = "ord_0000000000000001"
    deliver(event, id="evt_early")
    [item] = ParkedItem.query("ord_0000000000000001", ParkedItem.sk.startswith("parked#"))
    assert "amount_capturable" in item.event and "_secret_" not in item.event


@pytest.mark.parametrize("kind", ["charge.refunded", "refund.created"])
def test_news_about_somebody_elses_payment_changes_nothing(stripe_standin: StripeStandIn, kind: str) -> None:
    other: Any = {"amount": 900, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    other["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "never"}
    intent = gateway.client().v1.payment_intents.create(other)
    gateway.client().v1.refunds.create({"payment_intent": intent.id})
    [event] = all_sent(stripe_standin, kind)
    assert deliver(event) == "ignored"


class Crash(Exception):
    pass


def _crash(*_: Any, **__: Any) -> None:
    raise Crash
