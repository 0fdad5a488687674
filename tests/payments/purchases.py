"""What the payment tests say in one word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from payments import Payment, get_payment, next_action, request_payment, store
from payments.ledger import Account, Totals, totals
from tests import harness

NOW = datetime(2030, 6, 1, 20, tzinfo=UTC)
PRICE = Money(12_500, "EUR")


def empty_table() -> None:
    """For a test that must not meet the orders of others."""
    with store.PaymentItem.batch_write() as batch:
        for item in list(store.PaymentItem.scan()):
            batch.delete(item)


def requested(method: str = "pm_card_visa", amount: Money = PRICE) -> str:
    """The id of an order that asks to be paid with a payment method."""
    order_id = harness.new_id("ord")
    transaction = Transaction()
    request_payment(transaction, order_id, amount, method, NOW)
    transaction.commit()
    return order_id


def authorize(order_id: str, *, challenge: bool = False) -> Any:
    wanted = {"orderId": order_id, "challenge": challenge}
    return harness.run_step("payments.authorize_payment", "AuthorizePayment", wanted, NOW)


def capture(order_id: str) -> Any:
    return harness.run_step("payments.capture_payment", "CapturePayment", {"orderId": order_id}, NOW)


def void(order_id: str) -> Any:
    return harness.run_step("payments.void_payment", "VoidPayment", {"orderId": order_id}, NOW)


def refund(order_id: str, refund_id: str = "whole", amount: Money | None = None) -> Any:
    wanted = {"orderId": order_id, "refundId": refund_id}
    named = {"amount": {"amount": amount.amount, "currency": amount.currency}} if amount else {}
    return harness.run_step("payments.refund_payment", "RefundPayment", wanted | named, NOW)


def captured(method: str = "pm_card_visa") -> str:
    order_id = authorized(method)
    capture(order_id)
    return order_id


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


def confirm(stand_in: StripeStandIn, order_id: str, *, passed: bool = True) -> None:
    """The buyer answers to the bank, with the secret the order's page was given."""
    action = next_action(order_id)
    assert action is not None
    [line] = ledger(stand_in, order_id)
    answer = {"client_secret": action.client_secret, "passed": passed}
    stand_in.ask(f"intents/{line['payment_intent']}/authentication", answer)


def money(stand_in: StripeStandIn, order_id: str) -> list[tuple[str, int, int]]:
    return [(line["status"], line["held"], line["captured"]) for line in ledger(stand_in, order_id)]


def given_back(stand_in: StripeStandIn, order_id: str) -> int:
    """What Stripe has refunded of an order."""
    return sum(line["refunded"] for line in ledger(stand_in, order_id))


def check_books(stand_in: StripeStandIn, order_id: str) -> Totals:
    """The order's totals, once its books are in balance (I21) and say what Stripe says."""
    balance: dict[str, int] = dict.fromkeys(Account, 0)
    entries = store.entries_of(order_id)
    for entry in entries:
        for posting in entry.postings:
            assert posting.amount.amount > 0
            balance[posting.debit] += posting.amount.amount
            balance[posting.credit] -= posting.amount.amount
    assert sum(balance.values()) == 0
    assert min(balance[account] for account in ("held", "fees", "disputed", "losses")) >= 0, balance
    assert max(balance[account] for account in ("promised", "sales", "refunds_due")) <= 0, balance
    ours = totals(entries)
    lines = ledger(stand_in, order_id)
    for ours_minor, name in ((ours.held, "held"), (ours.captured, "captured"), (ours.refunded, "refunded")):
        assert ours_minor == sum(line[name] for line in lines), name
    return ours


def calls(stand_in: StripeStandIn) -> int:
    return len(stand_in.ask("state")["calls"])


HELD = [("requires_capture", PRICE.amount, 0)]
TAKEN = [("succeeded", 0, PRICE.amount)]
GIVEN_BACK = [("canceled", 0, 0)]
