"""POST /payments/webhook: Stripe's word on a payment. It corrects the record and never sells a seat."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit import settings
from kit.auth import PUBLIC
from kit.errors import Busy
from kit.http import Call, endpoint
from kit.telemetry import count
from payments import gateway, signatures, store, webhook_event
from payments.payment import Intent, State
from payments.signatures import BadSignature
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
    """Apply a verified event once: park it before its order exists, forget it when it comes too late."""
    to = MEANS.get(event.type)
    if to is None:
        return Outcome.IGNORED
    intent = event.intent()
    payment = store.get_payment(intent.order_id) if intent.order_id else None
    outcome = webhook_event.judge(payment, intent, to) if intent.order_id else Outcome.IGNORED
    try:
        _commit(event, intent, to, outcome, now)
    except store.AlreadyReceived:
        return Outcome.REPEATED
    except store.Moved as moved:
        raise Busy from moved  # decided on a record that has changed since: Stripe delivers again
    if outcome in (Outcome.PARKED, Outcome.IGNORED):
        count("UnexpectedPayment")
    return outcome


def _commit(event: Event, intent: Intent, to: State, outcome: Outcome, now: datetime) -> None:
    if outcome == Outcome.APPLIED and intent.order_id:
        code = intent.decline_code if to == State.FAILED else None
        store.apply_event(event.id, event.type, intent, to, now, decline_code=code)
        return
    if outcome == Outcome.STRAY:
        gateway.cancel(intent.intent_id)  # authorised after its order had ended
        count("StrayAuthorization")
    store.record_event(event.id, event.type, intent, outcome, now)
