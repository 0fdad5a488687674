"""POST /payments/webhook: Stripe's word on a payment. It corrects the record and never sells a seat."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

from kit import settings
from kit.auth import PUBLIC
from kit.errors import Busy
from kit.http import Call, endpoint
from kit.table import Transaction
from kit.telemetry import count
from payments import gateway, inbox, outbox, signatures, store, webhook_event
from payments.disputes import Dispute
from payments.disputing import note_dispute
from payments.following import catch_up, follow
from payments.payment import ENDED_WITHOUT_MONEY, NOT_ENDED, AlreadyCaptured, Intent, Payment, State
from payments.refund_payment import refund_payment
from payments.refunding import get_refund, note_refund
from payments.refunds import RefundRefused, RefundTooLarge, Returned
from payments.signatures import BadSignature
from payments.void_payment import void_payment
from payments.waiting import resume
from payments.webhook_event import MEANS, Event, Outcome


class Received(msgspec.Struct, frozen=True):
    """What became of the event. Stripe reads only the status."""

    outcome: str


@endpoint(callers=PUBLIC, raises=(BadSignature,))
def handler(call: Call) -> Received:
    secret = settings.secret_json("SECRET_STRIPE")
    signature = call.headers.get("stripe-signature", "")
    signatures.verify(call.raw_body, signature, secret["webhookSecret"], call.now)
    event = webhook_event.read(call.raw_body)
    if event.account or event.livemode == ("_test_" in secret["secretKey"]):
        count("WebhookMismatch")
        return Received(Outcome.IGNORED)
    return Received(receive_webhook(event, call.now))


def receive_webhook(event: Event, now: datetime) -> Outcome:
    """Apply a verified event once: park it before its payment exists, forget it when it comes too late."""
    if not event.concerns_us:
        return Outcome.IGNORED
    order_id, outcome = apply_event(event, now)
    if outcome == Outcome.PARKED and order_id:
        inbox.park(event, order_id, now)
    try:
        inbox.remember(event, order_id, outcome, now)
    except inbox.AlreadyReceived:
        return Outcome.REPEATED
    if outcome in (Outcome.PARKED, Outcome.IGNORED):
        count("UnexpectedPayment")
    return outcome


def apply_event(event: Event, now: datetime) -> tuple[str | None, Outcome]:
    """What an event changes, and for which order. By identity and state, so that a repetition changes nothing.

    Raises Busy when the record changes meanwhile: Stripe delivers again.
    """
    intent = _intent(event)
    order_id = intent.order_id if intent else None
    if intent is None or order_id is None:
        return None, Outcome.IGNORED
    payment = store.get_payment(order_id)
    if payment is None:
        return order_id, Outcome.PARKED
    try:
        outcome = _apply(event, payment, intent, now)
    except store.Moved as moved:
        raise Busy from moved
    if payment.awaited or payment.state == State.REQUIRES_ACTION:
        resume(order_id)
    return order_id, outcome


def _intent(event: Event) -> Intent | None:
    """What the event says of its intent; where it speaks of something else, the intent as it is."""
    if event.type in MEANS:
        return event.intent()
    return gateway.retrieve(event.intent_id) if event.intent_id else None


def _apply(event: Event, payment: Payment, intent: Intent, now: datetime) -> Outcome:
    if event.type in MEANS:
        return follow(payment, intent, MEANS[event.type], now)
    if payment.intent_id not in (None, intent.intent_id):
        return Outcome.IGNORED
    payment = catch_up(payment, intent, now)
    about = event.about()
    if isinstance(about, Returned):
        return _apply_refund(payment, about, now)
    if isinstance(about, Dispute):
        checks = gateway.checks(intent.intent_id)
        return Outcome.APPLIED if note_dispute(payment, about, checks, now) else Outcome.STALE
    return _apply_warning(payment, about, now)


def _apply_refund(payment: Payment, returned: Returned, now: datetime) -> Outcome:
    """Also of a refund that somebody made at Stripe itself; what releases an authorisation refunds nothing."""
    if not payment.is_captured:
        return Outcome.STALE
    before = get_refund(payment.order_id, returned.name)
    try:
        after = note_refund(payment, returned, now)
    except RefundTooLarge:
        return Outcome.IGNORED
    return Outcome.STALE if after == before else Outcome.APPLIED


def _apply_warning(payment: Payment, warning_id: str, now: datetime) -> Outcome:
    """The card's issuer says that its owner did not buy: nothing is taken, or all of it goes back."""
    if payment.state in ENDED_WITHOUT_MONEY:
        return Outcome.STALE
    if payment.state in NOT_ENDED:
        try:
            void_payment(payment.order_id, now)
            return Outcome.APPLIED
        except AlreadyCaptured:
            payment = store.require_payment(payment.order_id)
    transaction = Transaction()
    told: outbox.News = "fraud-warned"
    outbox.tell(transaction, payment.order_id, told, warning_id, payment.amount, now, left=payment.kept_minor)
    transaction.commit()
    with suppress(RefundRefused):  # counted and alarmed: a dispute may have been faster
        refund_payment(payment.order_id, warning_id, None, now)
    return Outcome.APPLIED
