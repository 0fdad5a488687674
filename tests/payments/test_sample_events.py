"""The sample events are what the entry points take."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from payments import (
    authorize_payment,
    capture_payment,
    receive_webhook,
    reconcile_ledger,
    refund_payment,
    sweep_payments,
    void_payment,
)
from tests import harness
from tests.payments.purchases import NOW, captured, payment_of, requested

SAMPLES = Path(__file__).parents[2] / "events/payments"


def sample(name: str) -> dict[str, Any]:
    return dict(json.loads((SAMPLES / f"{name}.json").read_text()))


@pytest.mark.parametrize(
    ("verb", "state"),
    [(authorize_payment, "authorized"), (capture_payment, "captured"), (void_payment, "voided")],
)
def test_steps(verb: Any, state: str) -> None:
    order_id = requested()
    if verb is capture_payment:
        harness.run_step(authorize_payment, "AuthorizePayment", {"orderId": order_id}, NOW)
    event = sample(verb.__name__.rpartition(".")[2])
    verb.handler({**event, "orderId": order_id}, harness.CONTEXT)
    assert payment_of(order_id).state == state


def test_refund() -> None:
    order_id = captured()
    answer = refund_payment.handler({**sample("refund_payment"), "orderId": order_id}, harness.CONTEXT)
    assert (answer, payment_of(order_id).refunded_minor) == ({"state": "succeeded"}, 4_500)


def test_schedules() -> None:
    assert sweep_payments.handler(sample("sweep_payments"), harness.CONTEXT) is None
    context = SimpleNamespace(**{**vars(harness.CONTEXT), "get_remaining_time_in_millis": lambda: 900_000})
    report = reconcile_ledger.handler(sample("reconcile_ledger"), context)
    assert (report["complete"], report["differences"]) == (True, [])


def test_webhook() -> None:
    event = sample("receive_webhook")
    signed_at = int(event["headers"]["stripe-signature"].partition(",")[0].removeprefix("t="))
    with harness.at(datetime.fromtimestamp(signed_at, UTC)):
        answer = receive_webhook.handler(event, harness.CONTEXT)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"outcome": "parked"})
