"""What the payment tests say in one word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from payments import Payment, get_payment, request_payment
from tests import harness

NOW = datetime(2030, 6, 1, 20, tzinfo=UTC)
PRICE = Money(12_500, "EUR")


def requested(method: str = "pm_card_visa", amount: Money = PRICE) -> str:
    """The id of an order that asks to be paid with a payment method."""
    order_id = harness.new_id("ord")
    transaction = Transaction()
    request_payment(transaction, order_id, amount, method, NOW)
    transaction.commit()
    return order_id


def authorize(order_id: str) -> Any:
    return harness.run_step("payments.authorize_payment", "AuthorizePayment", {"orderId": order_id}, NOW)


def capture(order_id: str) -> Any:
    return harness.run_step("payments.capture_payment", "CapturePayment", {"orderId": order_id}, NOW)


def void(order_id: str) -> Any:
    return harness.run_step("payments.void_payment", "VoidPayment", {"orderId": order_id}, NOW)


def authorized(method: str = "pm_card_visa") -> str:
    order_id = requested(method)
    authorize(order_id)
    return order_id


def payment_of(order_id: str) -> Payment:
    payment = get_payment(order_id)
    assert payment is not None
    return payment


def ledger(stand_in: StripeStandIn, order_id: str) -> list[dict[str, Any]]:
    """Stripe's side of an order: one line per intent with status, held, captured, refunded."""
    lines = stand_in.ask("state")["ledger"]
    return [line for line in lines if line["metadata"].get("order_id") == order_id]


def money(stand_in: StripeStandIn, order_id: str) -> list[tuple[str, int, int]]:
    return [(line["status"], line["held"], line["captured"]) for line in ledger(stand_in, order_id)]


def calls(stand_in: StripeStandIn) -> int:
    return len(stand_in.ask("state")["calls"])


HELD = [("requires_capture", PRICE.amount, 0)]
TAKEN = [("succeeded", 0, PRICE.amount)]
GIVEN_BACK = [("canceled", 0, 0)]
