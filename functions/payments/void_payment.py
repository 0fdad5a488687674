"""VoidPayment: whatever was set aside for the order is given back; nothing was taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.step import step
from payments import gateway, store
from payments.payment import AlreadyCaptured, IntentUnknown, Order, OutcomeUnknown, Payment, State


@step
def handler(order: Order, now: datetime) -> dict[str, Any]:
    void_payment(order.order_id, now)
    return {}


def void_payment(order_id: str, now: datetime) -> None:
    """Cancel the order's authorisation, if there ever was one. Repeating it changes nothing.

    Raises AlreadyCaptured when the money turns out to be taken; OutcomeUnknown: run it again.
    """
    payment = store.get_payment(order_id)
    if payment is None or payment.state == State.REFUNDED:
        return
    if payment.state == State.CAPTURED:
        raise AlreadyCaptured
    if payment.intent_id is None:
        _close(payment, now)  # first, so that an authorisation still on its way finds the door shut
    for intent_id in _intents(payment):
        try:
            intent = gateway.cancel(intent_id)
        except IntentUnknown:
            continue  # what Stripe does not know holds no money: the order ends
        if intent.status == "succeeded":
            store.move(store.require_payment(order_id), State.CAPTURED, now, intent=intent)
            raise AlreadyCaptured
        if intent.status != gateway.CANCELLED:
            raise OutcomeUnknown(intent.status)
    _close(payment, now)


def _intents(payment: Payment) -> list[str]:
    """The intent on record, or those that Stripe knows of."""
    if payment.is_free:
        return []
    if payment.intent_id:
        return [payment.intent_id]
    return [intent.intent_id for intent in gateway.find(payment.order_id) if intent.is_ours]


def _close(payment: Payment, now: datetime) -> None:
    if payment.state in (State.FAILED, State.VOIDED):
        return
    try:
        store.move(payment, State.VOIDED, now)
    except store.Moved as moved:
        raise OutcomeUnknown from moved
