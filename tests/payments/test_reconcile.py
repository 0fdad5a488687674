"""Our books and Stripe's, compared: silence where they agree, the order and the sum named where they do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from payments import gateway, reconcile_ledger, reports, statement, store
from payments.ledger import Account, Entry, Posting
from payments.payment import State
from payments.refunds import RefundRefused
from tests import harness
from tests.payments import purchases
from tests.payments.deliveries import all_sent, deliver
from tests.payments.purchases import (
    PRICE,
    authorized,
    captured,
    empty_table,
    ledger,
    payment_of,
    refund,
    requested,
    void,
)


@pytest.fixture(autouse=True)
def alarms(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The numbers of differences counted. Nothing else is in the table; the stand-in has the clock of this machine."""
    empty_table()
    counted: list[float] = []
    monkeypatch.setattr(reconcile_ledger, "count", lambda _, number: counted.append(number))
    monkeypatch.setattr(purchases, "NOW", datetime.now(UTC))
    return counted


SLOW = SimpleNamespace(**{**vars(harness.CONTEXT), "get_remaining_time_in_millis": lambda: 900_000})


def reconcile(after: timedelta = timedelta(hours=1), **asked: Any) -> Any:
    """The report of a run that much later."""
    with harness.at(datetime.now(UTC) + after):
        return reconcile_ledger.handler({"step": "ReconcileLedger", **asked}, SLOW)


def differences(**asked: Any) -> list[tuple[str, str, int, int]]:
    found = reconcile(**asked)["differences"]
    return [(one["orderId"], one["what"], one["oursMinor"], one["theirsMinor"]) for one in found]


def fees(order_id: str) -> list[str]:
    return [entry.name for entry in store.entries_of(order_id) if entry.name.startswith("fee#")]


def test_all_that_can_happen_to_an_order_agrees(stripe_standin: StripeStandIn, alarms: list[float]) -> None:
    requested(), authorized()
    void(authorized())
    refund(captured(), "part", Money(4_500, "EUR"))
    refund(captured())
    disputed = captured("pm_card_createDispute")
    with pytest.raises(RefundRefused):
        refund(disputed)
    for event in all_sent(stripe_standin, "charge.dispute."):
        deliver(event)
    report = reconcile()
    assert (report["differences"], report["orders"], report["complete"]) == ([], 5, True)
    assert alarms == [0]


def test_money_taken_that_we_do_not_know_of(stripe_standin: StripeStandIn, alarms: list[float]) -> None:
    order_id = authorized()
    void(order_id)
    twice: Any = {
        "amount": PRICE.amount,
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "confirm": True,
        "metadata": {"order_id": order_id},
        "transfer_group": order_id,
    }
    gateway.client().v1.payment_intents.create(twice)
    [found] = reconcile()["differences"]
    assert (found["orderId"], found["what"], found["theirsMinor"]) == (order_id, "foreign-charge", PRICE.amount)
    assert found["chargeId"].startswith("ch_")
    assert alarms == [1]


def test_a_refund_that_no_webhook_told(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    [line] = ledger(stripe_standin, order_id)
    gateway.client().v1.refunds.create({"payment_intent": line["payment_intent"], "amount": 700})
    assert differences() == [(order_id, "refunded", 0, 700)]


def test_a_dispute_that_no_webhook_told(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_createDispute")
    assert differences() == [(order_id, "disputed", 0, PRICE.amount)]


def test_a_capture_that_stripe_does_not_know_of(stripe_standin: StripeStandIn) -> None:
    order_id = authorized()
    payment = payment_of(order_id)
    store.move(payment, State.CAPTURED, purchases.NOW)
    assert differences() == [(order_id, "held", 0, PRICE.amount), (order_id, "captured", PRICE.amount, 0)]


def test_an_order_of_which_we_have_no_payment(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    store.PaymentItem(order_id, "payment").delete()
    for entry in store.LedgerItem.query(order_id, store.LedgerItem.sk.startswith("ledger#")):
        entry.delete()
    assert differences() == [(order_id, "foreign-charge", 0, PRICE.amount)]


def test_other_business_of_the_same_account_is_none_of_ours(stripe_standin: StripeStandIn) -> None:
    other: Any = {"amount": 900, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    other["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "never"}
    gateway.client().v1.payment_intents.create(other)
    assert reconcile()["orders"] == 0


def test_what_moves_while_we_look_is_looked_at_again(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = captured()
    seen = statement.moved

    def then_it_moves(*window: Any) -> Any:
        charges = list(seen(*window))
        refund(order_id)
        return charges

    with mock.patch.object(statement, "moved", then_it_moves):
        assert differences() == []


def test_an_unfinished_payment_is_looked_at_once_it_is_finished(stripe_standin: StripeStandIn) -> None:
    order_id = captured("pm_card_pendingRefund")
    refund(order_id)
    assert differences() == []
    later = datetime.now(UTC) + timedelta(days=3)
    with mock.patch.object(purchases, "NOW", later):
        stripe_standin.ask(f"refunds/{stripe_standin.ask('state')['refunds'][0]['id']}", {"status": "succeeded"})
        refund(order_id)
    store.post(transaction := Transaction(), order_id, _wrong(), purchases.NOW)
    transaction.commit()
    window = {"since": later.isoformat(), "until": (later + timedelta(hours=1)).isoformat()}
    assert differences(**window) == [(order_id, "captured", PRICE.amount + 1, PRICE.amount)]


def test_a_fee_that_the_capture_did_not_tell_is_learned(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, untold = captured(), authorized()
    with monkeypatch.context() as silence:
        silence.setattr(gateway, "fee_of", lambda charge: None)
        purchases.capture(untold)
    assert (len(fees(told)), fees(untold)) == (1, [])
    since = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    for _ in range(2):
        assert differences(since=since) == []
        assert len(fees(untold)) == 1


def test_it_goes_on_where_it_stopped(stripe_standin: StripeStandIn) -> None:
    start = datetime.now(UTC).replace(microsecond=0)
    later = start + timedelta(hours=3)
    reconcile_ledger.reconcile_ledger(reconcile_ledger.Asked(), start, lambda: True)
    turns = iter([True, False])
    report = reconcile_ledger.reconcile_ledger(reconcile_ledger.Asked(), later, lambda: next(turns))
    assert not report.complete
    assert report.until == report.since + timedelta(hours=1) == reports.mark()
    report = reconcile_ledger.reconcile_ledger(reconcile_ledger.Asked(), later, lambda: True)
    assert report.complete and report.since == start + timedelta(minutes=30)
    by_hand = reconcile_ledger.Asked(start - timedelta(days=1), start)
    reconcile_ledger.reconcile_ledger(by_hand, later, lambda: True)
    assert reports.mark() == later - timedelta(minutes=30)


def _wrong() -> Entry:
    return Entry("captured#again", (Posting(Account.STRIPE, Account.SALES, Money(1, "EUR")),))
