"""The record follows Stripe's truth: an intent as it stands now, whoever brought word of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

from kit.telemetry import count
from payments import gateway, store
from payments.payment import Intent, Payment, State
from payments.refund_payment import give, refund_payment
from payments.refunds import Refund, RefundRefused, RefundState
from payments.webhook_event import Outcome, judge

STRAY = "stray"
"""The refund of money that was taken for an order after it had ended."""
_STANDS = {
    "requires_capture": State.AUTHORIZED,
    "succeeded": State.CAPTURED,
    gateway.CANCELLED: State.VOIDED,
    "requires_payment_method": State.FAILED,
}


def follow(payment: Payment, intent: Intent, to: State, now: datetime) -> Outcome:
    """Move the payment to where Stripe says its intent is, unless it was there, or has gone on.

    What reached Stripe after the order had ended goes back. Raises Moved: do it again.
    """
    outcome = judge(payment, intent, to)
    if outcome == Outcome.STRAY:
        _give_back(payment, intent, to, now)
    elif outcome == Outcome.APPLIED:
        code = intent.decline_code if to == State.FAILED else None
        store.move(payment, to, now, intent=intent, decline_code=code)
    return outcome


def catch_up(payment: Payment, intent: Intent, now: datetime) -> Payment:
    """The payment, once it stands where its intent does; still on its way where Stripe waits for something.

    Raises Moved: do it again.
    """
    to = _STANDS.get(intent.status)
    if to is None or (to == State.FAILED and intent.decline_code is None):
        return payment
    follow(payment, intent, to, now)
    return store.require_payment(payment.order_id)


def _give_back(payment: Payment, intent: Intent, to: State, now: datetime) -> None:
    count("StrayAuthorization")
    if to == State.AUTHORIZED:
        gateway.cancel(intent.intent_id)
        return
    # Given back before it is recorded as taken: a crash in between is a stray again, and not a payment like any other.
    taken = msgspec.structs.replace(payment, intent_id=intent.intent_id)
    with suppress(RefundRefused):  # refund_payment hears it again, and records it
        give(taken, Refund(payment.order_id, STRAY, payment.amount, RefundState.REQUESTED), asked_before=True)
    store.move(payment, State.CAPTURED, now, intent=intent)
    refund_payment(payment.order_id, STRAY, None, now)
