"""POST /payments/webhook: verified on raw bytes, counted once, early parked, late forgotten, never selling."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.stripe_standin import StripeStandIn
from local.stripe_standin.courier import sign
from payments import following, gateway, inbox, receive_webhook, signatures, store
from payments.payment import CardDeclined
from tests.payments.deliveries import NOW, SECRET, deliver, post, sent
from tests.payments.purchases import (
    GIVEN_BACK,
    HELD,
    authorize,
    authorized,
    capture,
    ledger,
    money,
    payment_of,
    requested,
    void,
)

SHARED = Path(os.environ.get("BOXOFFICE_SHARED", Path(__file__).parents[3] / "shared"))
VECTORS = SHARED / "data/stripe/signature_vectors.json"


def rows() -> list[dict[str, Any]]:
    return [item.to_simple_dict() for item in inbox.EventItem.scan(inbox.EventItem.sk == "event")]


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The counters raised, each of which has an alarm (`infra/payments.py`)."""
    raised: list[str] = []
    for module in (receive_webhook, following):
        monkeypatch.setattr(module, "count", raised.append)
    return raised


@pytest.fixture
def unrecorded(monkeypatch: pytest.MonkeyPatch) -> str:
    """An order that Stripe has authorised and we have not yet recorded."""
    order_id = requested()
    with monkeypatch.context() as crash:
        crash.setattr(store, "move", _crash)
        with pytest.raises(Crash):
            authorize(order_id)
    return order_id


# Verification (cases 20 and 22)


def _signed(body: str, now: datetime = NOW, secret: str = SECRET) -> str:
    return sign(body.encode(), secret, int(now.timestamp()))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bad_header",
        _signed("{}").replace("v1=", "v0="),
        _signed("{}", secret="whsec_other"),
        _signed("{}", NOW - timedelta(seconds=301)),
        _signed("{}").replace("t=", "t=1"),
        _signed("{}").split(",")[1],
        "t=ten,v1=é",
        f"t={'9' * 5_000},v1=00",
    ],
    ids=["unsigned", "bad", "v0-only", "other-secret", "stale", "other-time", "no-time", "not-ascii", "far-off"],
)
def test_a_bad_signature_is_refused_and_writes_nothing(header: str) -> None:
    before = rows()
    status, problem = post("{}", header)
    assert (status, problem["type"].rpartition("/")[2]) == (400, "bad-signature")
    assert rows() == before


def test_a_reserialised_body_is_refused(stripe_standin: StripeStandIn, unrecorded: str) -> None:
    event = sent(stripe_standin, unrecorded, "amount_capturable_updated")
    status, problem = post(json.dumps(event), _signed(json.dumps(event, indent=2)))
    assert (status, problem["type"].rpartition("/")[2]) == (400, "bad-signature")
    assert payment_of(unrecorded).state == "requested"


def test_a_base64_body_is_verified_on_its_raw_bytes(stripe_standin: StripeStandIn, unrecorded: str) -> None:
    event = sent(stripe_standin, unrecorded, "amount_capturable_updated")
    status, answer = post(json.dumps(event, indent=2).encode())
    assert (status, answer["outcome"]) == (200, "applied")


@pytest.mark.skipif(not VECTORS.exists(), reason=f"Stripe's signature vectors are not at {VECTORS}")
def test_stripes_own_vectors() -> None:
    cases = json.loads(VECTORS.read_text())["cases"]
    assert {case["accept"] for case in cases} == {True, False}
    for case in cases:
        now = datetime.fromtimestamp(case["now"], UTC)
        assert accepts(case["payload"].encode(), case["header"], case["secret"], now) == case["accept"], case["name"]


def accepts(raw: bytes, header: str, secret: str, now: datetime) -> bool:
    try:
        signatures.verify(raw, header, secret, now)
    except signatures.BadSignature:
        return False
    return True


def test_any_v1_may_match_while_the_secret_rotates() -> None:
    good, other = _signed("{}"), _signed("{}", secret="whsec_old")
    assert accepts(b"{}", f"{other},{good.split(',')[1]}", SECRET, NOW)
    assert accepts(b"{}", good, SECRET, NOW + timedelta(seconds=300))
    assert not accepts(b"{}", good, SECRET, NOW + timedelta(seconds=301))


# What an event does


def test_an_event_that_comes_before_our_own_record_advances_it_once(
    stripe_standin: StripeStandIn, unrecorded: str
) -> None:
    event = sent(stripe_standin, unrecorded, "amount_capturable_updated")
    assert deliver(event) == "applied"
    assert payment_of(unrecorded).state == "authorized"
    assert deliver(event) == "repeated"
    authorize(unrecorded)
    capture(unrecorded)
    assert deliver(event) == "repeated"
    assert payment_of(unrecorded).state == "captured"


def test_an_event_about_what_is_known_changes_nothing(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    before = payment_of(order_id)
    assert deliver(sent(stripe_standin, order_id, "amount_capturable_updated")) == "stale"
    assert payment_of(order_id) == before


def test_succeeded_first_and_capturable_after(stripe_standin: StripeStandIn, unrecorded: str) -> None:
    [intent] = ledger(stripe_standin, unrecorded)
    gateway.capture(payment_of(unrecorded), intent["payment_intent"])
    assert deliver(sent(stripe_standin, unrecorded, "succeeded")) == "applied"
    assert deliver(sent(stripe_standin, unrecorded, "amount_capturable_updated")) == "stale"
    assert payment_of(unrecorded).state == "captured"


def test_created_and_other_types_are_answered_and_forgotten(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    before = rows()
    assert deliver(sent(stripe_standin, order_id, "created")) == "ignored"
    assert deliver(sent(stripe_standin, order_id, "created"), type="invoice.paid") == "ignored"
    assert rows() == before


def test_a_decline_told_by_webhook_first(stripe_standin: StripeStandIn) -> None:
    order_id = requested("pm_card_chargeDeclinedInsufficientFunds")
    with pytest.raises(CardDeclined):
        authorize(order_id)
    store.PaymentItem.get(order_id, "payment").update(
        [store.PaymentItem.state.set("requested"), store.PaymentItem.decline_code.remove()]
    )
    assert deliver(sent(stripe_standin, order_id, "payment_failed")) == "applied"
    with pytest.raises(CardDeclined, match="insufficient_funds"):
        authorize(order_id)


def test_a_cancellation_outside_closes_the_payment(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    gateway.cancel(str(payment_of(order_id).intent_id))
    assert deliver(sent(stripe_standin, order_id, "canceled")) == "applied"
    assert payment_of(order_id).state == "voided"


def test_an_authorisation_of_an_ended_order_is_given_back(
    stripe_standin: StripeStandIn, unrecorded: str, monkeypatch: pytest.MonkeyPatch, alarms: list[str]
) -> None:
    with monkeypatch.context() as lag:
        lag.setattr("payments.gateway.find", lambda _: [])  # the void looked before Stripe knew
        void(unrecorded)
    assert money(stripe_standin, unrecorded) == HELD
    assert deliver(sent(stripe_standin, unrecorded, "amount_capturable_updated")) == "stray"
    assert money(stripe_standin, unrecorded) == GIVEN_BACK
    assert payment_of(unrecorded).state == "voided"
    assert alarms == ["StrayAuthorization"]


def test_an_unknown_order_is_parked(stripe_standin: StripeStandIn, alarms: list[str]) -> None:
    order_id = authorized()
    event = sent(stripe_standin, order_id, "amount_capturable_updated")
    event["data"]["object"]["metadata"]["order_id"] = "ord_0000000000000000"
    assert deliver(event, id="evt_parked") == "parked"
    assert deliver(event, id="evt_parked") == "repeated"
    assert alarms == ["UnexpectedPayment"]
    [row] = [row for row in rows() if row["pk"] == "evt_parked"]
    assert (row["outcome"], row["order_id"]) == ("parked", "ord_0000000000000000")
    assert store.get_payment("ord_0000000000000000") is None


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {}},
        {"id": "pi_another"},
        {"amount": 1},
        {"currency": "usd"},
        {"amount": 99_900, "amount_received": 99_900},
    ],
    ids=["no-order", "other-intent", "less", "other-currency", "more"],
)
def test_an_event_that_does_not_fit_changes_nothing(stripe_standin: StripeStandIn, change: dict[str, Any]) -> None:
    order_id = authorized()
    capture(order_id)
    event = sent(stripe_standin, order_id, "succeeded")
    store.PaymentItem.get(order_id, "payment").update([store.PaymentItem.state.set("authorized")])
    event["data"]["object"].update(change)
    assert deliver(event) == "ignored"
    assert payment_of(order_id).state == "authorized"


@pytest.mark.parametrize("change", [{"livemode": True}, {"account": "acct_other"}])
def test_another_mode_or_account_is_ignored(
    stripe_standin: StripeStandIn, unrecorded: str, change: dict[str, Any], alarms: list[str]
) -> None:
    before = rows()
    assert deliver(sent(stripe_standin, unrecorded, "amount_capturable_updated"), **change) == "ignored"
    assert payment_of(unrecorded).state == "requested"
    assert rows() == before
    assert alarms == ["WebhookMismatch"]


def test_a_record_that_moves_meanwhile_is_judged_again(
    stripe_standin: StripeStandIn, unrecorded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = sent(stripe_standin, unrecorded, "amount_capturable_updated")
    read = store.get_payment

    def then_it_moves(order_id: str) -> Any:
        payment = read(order_id)
        store.PaymentItem.get(order_id, "payment").update([store.PaymentItem.state.set("captured")])
        return payment

    with monkeypatch.context() as race:
        race.setattr(store, "get_payment", then_it_moves)
        status, _ = post(json.dumps(event))
    assert status == 503
    assert deliver(event) == "stale"


class Crash(Exception):
    pass


def _crash(*_: Any, **__: Any) -> None:
    raise Crash
