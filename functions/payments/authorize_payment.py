"""AuthorizePayment: the order's amount is set aside on the buyer's card, not yet taken."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from kit.step import step
from payments import gateway, store
from payments.payment import (
    AUTHENTICATION_REQUIRED,
    AnswerLost,
    CardDeclined,
    Intent,
    Order,
    Payment,
    PaymentClosed,
    State,
    check_amount,
    declined,
)


@step
def handler(order: Order, now: datetime) -> dict[str, Any]:
    authorize_payment(order.order_id, now)
    return {}


def authorize_payment(order_id: str, now: datetime) -> None:
    """Authorise the order's payment; a repeat finds what the first try did.

    Raises CardDeclined, AuthenticationRequired, AmountMismatch, PaymentClosed; OutcomeUnknown: run it again.
    """
    payment = store.get_payment(order_id)
    if payment is None or payment.state == State.VOIDED:
        raise PaymentClosed
    if payment.state == State.FAILED:
        raise declined(payment.decline_code)
    if payment.state == State.REQUESTED:
        _record(payment, _ask(payment, now), now)


def _ask(payment: Payment, now: datetime) -> Intent:
    """Ask Stripe; where its answer is lost for good, look for what it did."""
    try:
        return gateway.authorize(payment)
    except CardDeclined as unusable:
        _fail(payment, None, unusable.detail, now)
        raise
    except AnswerLost:
        live = [intent for intent in gateway.find(payment.order_id) if intent.status != gateway.CANCELLED]
        if len(live) != 1:
            raise
        return live[0]


def _record(payment: Payment, intent: Intent, now: datetime) -> None:
    check_amount(payment, intent)
    if intent.status == "requires_action":
        # The seam for the wait of 3-D Secure: until a purchase can wait, it ends here.
        _fail(payment, intent, AUTHENTICATION_REQUIRED, now)
        gateway.cancel(intent.intent_id)
        raise declined(AUTHENTICATION_REQUIRED)
    if intent.status == "requires_payment_method":
        _fail(payment, intent, intent.decline_code or "", now)
        raise declined(intent.decline_code)
    if intent.status == gateway.CANCELLED:
        raise PaymentClosed
    try:
        store.move(payment.order_id, State.AUTHORIZED, now, intent_id=intent.intent_id)
    except store.Moved as moved:
        gateway.cancel(intent.intent_id)  # voided while we asked: what came too late goes back
        raise PaymentClosed from moved


def _fail(payment: Payment, intent: Intent | None, code: str, now: datetime) -> None:
    with suppress(store.Moved):  # voided meanwhile: also an end without money
        intent_id = intent.intent_id if intent else None
        store.move(payment.order_id, State.FAILED, now, intent_id=intent_id, decline_code=code)
