"""A webhook event, what it says about a payment, and what follows from it; pure."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kit.money import Money
from payments.payment import COMES_FROM, Intent, Payment, State

MEANS = {
    "payment_intent.amount_capturable_updated": State.AUTHORIZED,
    "payment_intent.succeeded": State.CAPTURED,
    "payment_intent.canceled": State.VOIDED,
    "payment_intent.payment_failed": State.FAILED,
}
"""The events that say where a payment is. All others are answered and forgotten."""


class Outcome(StrEnum):
    APPLIED = "applied"
    REPEATED = "repeated"
    STALE = "stale"
    PARKED = "parked"
    STRAY = "stray"
    IGNORED = "ignored"


class _Failure(msgspec.Struct):
    code: str | None = None
    decline_code: str | None = None


class _StripeIntent(msgspec.Struct):
    id: str
    status: str
    amount: int
    currency: str
    amount_received: int = 0
    metadata: dict[str, str] = {}
    transfer_group: str | None = None
    last_payment_error: _Failure | None = None


class _Data(msgspec.Struct):
    object: msgspec.Raw


class Event(msgspec.Struct):
    id: str
    type: str
    livemode: bool
    data: _Data
    account: str | None = None

    def intent(self) -> Intent:
        """The PaymentIntent it is about, for a type in `MEANS`."""
        said = msgspec.json.decode(self.data.object, type=_StripeIntent)
        failure, order_id = said.last_payment_error, said.metadata.get("order_id")
        return Intent(
            intent_id=said.id,
            status=said.status,
            amount=Money(said.amount, said.currency.upper()),
            received=said.amount_received,
            order_id=order_id,
            decline_code=(failure.decline_code or failure.code) if failure else None,
            is_ours=order_id is not None and said.transfer_group == order_id,
        )


def read(raw: bytes) -> Event:
    return msgspec.json.decode(raw, type=Event)


def judge(payment: Payment | None, intent: Intent, to: State) -> Outcome:
    """What an event that says `to` means for the payment on record."""
    if payment is None:
        return Outcome.PARKED
    if payment.intent_id not in (None, intent.intent_id):
        return Outcome.IGNORED
    taken = intent.received if to == State.CAPTURED else payment.amount.amount
    if intent.amount != payment.amount or taken != payment.amount.amount:
        return Outcome.IGNORED
    if payment.state in COMES_FROM[to]:
        return Outcome.APPLIED
    closed = payment.state in (State.VOIDED, State.FAILED)
    return Outcome.STRAY if closed and to == State.AUTHORIZED and intent.is_ours else Outcome.STALE
