"""CapturePayment: the amount that was set aside is taken, exactly once and exactly as ordered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.step import step
from payments import gateway, store
from payments.payment import (
    AnswerLost,
    AuthorizationLost,
    Intent,
    IntentUnknown,
    Order,
    Payment,
    State,
    check_amount,
)


@step
def handler(order: Order, now: datetime) -> dict[str, Any]:
    capture_payment(order.order_id, now)
    return {}


def capture_payment(order_id: str, now: datetime) -> None:
    """Capture the order's payment; a repeat finds what the first try did, also where all went back since.

    Raises AuthorizationLost, AmountMismatch; OutcomeUnknown: run it again, it asks before it takes.
    """
    payment = store.get_payment(order_id)
    if payment and payment.is_captured:
        return
    if payment and payment.is_free and payment.state == State.AUTHORIZED:
        store.move(payment, State.CAPTURED, now)
        return
    if payment is None or payment.state != State.AUTHORIZED or payment.intent_id is None:
        raise AuthorizationLost(payment.state if payment else "")
    try:
        intent = gateway.retrieve(payment.intent_id)
    except IntentUnknown as unknown:
        raise AuthorizationLost(unknown.detail) from unknown
    check_amount(payment, intent)
    if intent.status == "requires_capture":
        intent = _take(payment, intent.intent_id)
    if intent.status != "succeeded":
        raise AuthorizationLost(intent.status)
    check_amount(payment, intent, taken=True)
    store.move(payment, State.CAPTURED, now, intent=intent)


def _take(payment: Payment, intent_id: str) -> Intent:
    """Capture. When the key keeps a 5xx, ask what happened; an intent is captured once under any key."""
    try:
        return gateway.capture(payment, intent_id)
    except AnswerLost:
        intent = gateway.retrieve(intent_id)
        return gateway.capture(payment, intent_id, again=True) if intent.status == "requires_capture" else intent
