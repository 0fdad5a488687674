"""AuthorizePayment: the order's amount is set aside on the buyer's card, not yet taken."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from kit.step import step
from payments import gateway, inbox, receive_webhook, store
from payments.payment import (
    ENDED_WITHOUT_MONEY,
    AnswerLost,
    AuthenticationRequired,
    CardDeclined,
    Intent,
    OutcomeUnknown,
    Payment,
    PaymentClosed,
    State,
    check_amount,
    declined,
)


class Authorization(msgspec.Struct, frozen=True, rename="camel"):
    """`challenge`: the bank is to make sure of the buyer (3-D Secure), whatever it thinks of the card."""

    order_id: str
    challenge: bool = False


@step
def handler(wanted: Authorization, now: datetime) -> dict[str, Any]:
    authorize_payment(wanted.order_id, now, challenge=wanted.challenge)
    return {}


def authorize_payment(order_id: str, now: datetime, *, challenge: bool = False) -> None:
    """Authorise the order's payment; a repeat finds what the first try did.

    Raises AuthenticationRequired: the buyer has to answer to the bank first (`payments.waiting`).
    Raises CardDeclined, AuthenticationFailed, AmountMismatch, PaymentClosed; OutcomeUnknown: run it again.
    """
    payment = _load(order_id, now)
    if payment is None or payment.state == State.VOIDED:
        raise PaymentClosed
    if payment.state == State.FAILED:
        raise declined(payment.decline_code)
    if payment.state == State.REQUIRES_ACTION:
        raise AuthenticationRequired
    if payment.state == State.REQUESTED and payment.is_free:
        store.move(payment, State.AUTHORIZED, now)
    elif payment.state == State.REQUESTED:
        _record(payment, _ask(payment, challenge, now), now)


def _load(order_id: str, now: datetime) -> Payment | None:
    """The payment, told whatever Stripe said of it before it was there."""
    payment, parked = inbox.payment_and_parked(order_id)
    if payment is None or payment.state != State.REQUESTED:
        return payment
    for event in parked:
        receive_webhook.apply_event(event, now)
        payment = store.get_payment(order_id)
    return payment


def _ask(payment: Payment, challenge: bool, now: datetime) -> Intent:
    """Ask Stripe; where its answer is lost for good, look for what it did."""
    try:
        return gateway.authorize(payment, challenge=challenge)
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
    if intent.status == "requires_payment_method":
        _fail(payment, intent, intent.decline_code or "", now)
        raise declined(intent.decline_code)
    if intent.status == gateway.CANCELLED:
        raise PaymentClosed
    to = State.REQUIRES_ACTION if intent.status == "requires_action" else State.AUTHORIZED
    try:
        store.move(payment, to, now, intent=intent)
    except store.Moved as moved:
        _give_back_if_ended(payment.order_id, intent)
        raise OutcomeUnknown from moved
    if to == State.REQUIRES_ACTION:
        raise AuthenticationRequired


def _give_back_if_ended(order_id: str, intent: Intent) -> None:
    """Voided while we asked: what came too late goes back. Otherwise the webhook was faster: run it again."""
    if store.require_payment(order_id).state in ENDED_WITHOUT_MONEY:
        gateway.cancel(intent.intent_id)
        raise PaymentClosed


def _fail(payment: Payment, intent: Intent | None, code: str, now: datetime) -> None:
    with suppress(store.Moved):  # voided meanwhile: also an end without money
        store.move(payment, State.FAILED, now, intent=intent, decline_code=code)
