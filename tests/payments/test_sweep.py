"""Every minute: banks are asked, refunds are seen through, and what nobody finishes is given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from kit import settings
from kit.money import Money
from local.stripe_standin import StripeStandIn
from payments import sweep_payments, waiting
from payments.payment import AuthenticationRequired, OutcomeUnknown
from tests import harness
from tests.payments.purchases import (
    GIVEN_BACK,
    HELD,
    NOW,
    PRICE,
    TAKEN,
    authorize,
    authorized,
    calls,
    capture,
    captured,
    check_books,
    confirm,
    empty_table,
    given_back,
    money,
    payment_of,
    refund,
    requested,
)

SOON = NOW + timedelta(minutes=2)
LATE = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def machine(stripe_standin: StripeStandIn) -> Iterator[Stubber]:
    """Nothing else is unfinished; and Step Functions is told exactly what is expected."""
    empty_table()
    with Stubber(settings.client("stepfunctions")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    raised: list[str] = []
    monkeypatch.setattr(sweep_payments, "count", raised.append)
    return raised


def sweep(now: datetime) -> None:
    with harness.at(now):
        sweep_payments.handler({"step": "SweepPayments"}, harness.CONTEXT)


def challenged() -> str:
    order_id = requested("pm_card_authenticationRequired")
    with pytest.raises(AuthenticationRequired):
        authorize(order_id)
    waiting(order_id, "a-task-token")
    return order_id


def test_a_purchase_at_work_is_left_alone(stripe_standin: StripeStandIn) -> None:
    orders = [requested(), authorized(), captured()]
    before = calls(stripe_standin)
    sweep(SOON)
    assert calls(stripe_standin) == before
    assert [payment_of(order_id).state for order_id in orders] == ["requested", "authorized", "captured"]


def test_an_answer_of_the_bank_that_no_webhook_brought(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    sweep(SOON)
    assert payment_of(order_id).state == "requires_action"
    confirm(stripe_standin, order_id)
    machine.add_response("send_task_success", {}, {"taskToken": "a-task-token", "output": "{}"})
    sweep(SOON)
    assert (payment_of(order_id).state, payment_of(order_id).awaited) == ("authorized", False)
    sweep(SOON)


def test_whoever_was_not_told_is_told(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    confirm(stripe_standin, order_id)
    machine.add_client_error("send_task_success", "InternalServerError", http_status_code=500)
    sweep(SOON)
    assert payment_of(order_id).awaited
    machine.add_response("send_task_success", {}, {"taskToken": "a-task-token", "output": "{}"})
    sweep(SOON)
    assert not payment_of(order_id).awaited


@pytest.mark.parametrize("begin", [requested, authorized, challenged])
def test_what_was_abandoned_is_given_back(
    stripe_standin: StripeStandIn, machine: Stubber, alarms: list[str], begin: Any
) -> None:
    order_id = begin()
    sweep(LATE - timedelta(minutes=1))
    assert alarms == []
    if begin is challenged:
        machine.add_response("send_task_failure", {}, {"taskToken": ANY, "error": "PaymentClosed", "cause": ANY})
    sweep(LATE)
    assert (payment_of(order_id).state, alarms) == ("voided", ["PaymentsAbandoned"])
    assert money(stripe_standin, order_id) in ([], GIVEN_BACK)
    assert check_books(stripe_standin, order_id).held == 0
    sweep(LATE)
    assert alarms == ["PaymentsAbandoned"]


def test_what_turns_out_to_be_captured_stays(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = authorized()
    with monkeypatch.context() as crash:
        crash.setattr("payments.store.move", _crash)
        with pytest.raises(Crash):
            capture(order_id)
    sweep(LATE)
    assert (payment_of(order_id).state, money(stripe_standin, order_id)) == ("captured", TAKEN)


def test_a_refund_that_stopped_half_way_is_seen_through(stripe_standin: StripeStandIn) -> None:
    order_id = captured()
    stripe_standin.ask("faults", {"how": "503", "count": 3, "path": "/v1/refunds"})
    with pytest.raises(OutcomeUnknown):
        refund(order_id, "first", Money(500, "EUR"))
    sweep(SOON)
    assert given_back(stripe_standin, order_id) == payment_of(order_id).refunded_minor == 500
    before = calls(stripe_standin)
    sweep(LATE)
    assert calls(stripe_standin) == before


def test_refunds_that_take_days_take_turns(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.store.SHARDS", 1)
    monkeypatch.setattr(sweep_payments, "SWEPT_MAX", 1)
    slow, quick = captured("pm_card_pendingRefund"), captured()
    refund(slow)
    stripe_standin.ask("faults", {"how": "503", "count": 3, "path": "/v1/refunds"})
    with pytest.raises(OutcomeUnknown):
        refund(quick)
    sweep(SOON)
    sweep(SOON + timedelta(minutes=2))
    assert given_back(stripe_standin, quick) == PRICE.amount
    assert payment_of(slow).is_open


def test_one_that_makes_trouble_keeps_nobody_waiting(
    stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [authorized(), authorized()]
    stripe_standin.ask("faults", {"how": "503", "count": 3, "path": "*/cancel"})
    sweep(LATE)
    assert sorted(payment_of(order_id).state for order_id in orders) == ["authorized", "voided"]
    sweep(LATE)
    assert [payment_of(order_id).state for order_id in orders] == ["voided", "voided"]


def test_while_stripe_is_away_it_is_not_asked_for_ever(stripe_standin: StripeStandIn) -> None:
    orders = [authorized() for _ in range(5)]
    stripe_standin.ask("faults", {"how": "503", "count": 9, "path": "*/cancel"})
    sweep(LATE)
    assert [money(stripe_standin, order_id) for order_id in orders] == [HELD] * 5


class Crash(Exception):
    pass


def _crash(*_: Any, **__: Any) -> None:
    raise Crash
