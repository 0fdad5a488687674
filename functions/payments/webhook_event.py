"""A webhook event, what it says, and what follows from it; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from kit.money import Money
from payments.disputes import Dispute, Movement
from payments.payment import COMES_FROM, ENDED_WITHOUT_MONEY, Fee, Intent, Payment, State
from payments.refunds import Returned

MEANS = {
    "payment_intent.amount_capturable_updated": State.AUTHORIZED,
    "payment_intent.succeeded": State.CAPTURED,
    "payment_intent.canceled": State.VOIDED,
    "payment_intent.payment_failed": State.FAILED,
}
"""The events that say where a payment is."""

WARNING = "radar.early_fraud_warning.created"


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


class _Intent(msgspec.Struct):
    id: str
    status: str
    amount: int
    currency: str
    amount_received: int = 0
    metadata: dict[str, str] = {}
    transfer_group: str | None = None
    last_payment_error: _Failure | None = None


class _Refund(msgspec.Struct):
    id: str
    status: str
    amount: int
    currency: str
    payment_intent: str | None = None
    metadata: dict[str, str] = {}
    failure_reason: str | None = None


class _BalanceTransaction(msgspec.Struct):
    id: str
    amount: int
    fee: int
    currency: str


class _Deadline(msgspec.Struct):
    due_by: int | None = None


class _Dispute(msgspec.Struct):
    id: str
    status: str
    amount: int
    currency: str
    reason: str
    payment_intent: str | None = None
    balance_transactions: list[_BalanceTransaction] = []
    evidence_details: _Deadline = msgspec.field(default_factory=_Deadline)


class _Warning(msgspec.Struct):
    id: str
    fraud_type: str
    payment_intent: str | None = None


class _Data(msgspec.Struct):
    object: msgspec.Raw


_SAYS: dict[str, type[Any]] = {
    **dict.fromkeys(MEANS, _Intent),
    **dict.fromkeys(("refund.created", "refund.updated", "refund.failed"), _Refund),
    **dict.fromkeys(
        (f"charge.dispute.{what}" for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")),
        _Dispute,
    ),
    WARNING: _Warning,
}
"""What each type of event is about. All others are answered and forgotten."""
WEBHOOK_EVENTS = tuple(_SAYS)
"""What the endpoint at Stripe is set up to be sent: of every order three more would be paid for, to be forgotten."""


class Event(msgspec.Struct):
    id: str
    type: str
    created: int
    livemode: bool
    data: _Data
    account: str | None = None

    @property
    def concerns_us(self) -> bool:
        return self.type in _SAYS

    @property
    def intent_id(self) -> str | None:
        """The PaymentIntent it is about."""
        said = self._said()
        return said.id if isinstance(said, _Intent) else said.payment_intent

    def intent(self) -> Intent:
        """For a type in `MEANS`: the intent as it was when the event was made."""
        said: _Intent = self._said()
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

    def about(self) -> Returned | Dispute | str:
        """For all other types: the refund, the dispute, or the id of the fraud warning."""
        said = self._said()
        if isinstance(said, _Refund):
            return Returned(
                stripe_id=said.id,
                intent_id=said.payment_intent or "",
                amount=Money(said.amount, said.currency.upper()),
                status=said.status,
                refund_id=said.metadata.get("refund_id"),
                failure=said.failure_reason,
            )
        if isinstance(said, _Dispute):
            return Dispute(
                dispute_id=said.id,
                status=said.status,
                reason=said.reason,
                amount=Money(said.amount, said.currency.upper()),
                due_by=said.evidence_details.due_by,
                movements=[
                    Movement(one.id, taken=one.amount < 0, fee=Fee(one.id, Money(one.fee, one.currency.upper())))
                    for one in said.balance_transactions
                ],
            )
        return str(said.id)

    def slim(self) -> Event:
        """The event with nothing in it but what is read here: no secrets, nothing personal."""
        kept = msgspec.Raw(msgspec.json.encode(self._said()))
        return msgspec.structs.replace(self, data=_Data(kept))

    def _said(self) -> Any:
        return msgspec.json.decode(self.data.object, type=_SAYS[self.type])


def read(raw: bytes) -> Event:
    return msgspec.json.decode(raw, type=Event)


def judge(payment: Payment, intent: Intent, to: State) -> Outcome:
    """What it means for the payment on record when Stripe says that its intent is at `to`."""
    if payment.intent_id not in (None, intent.intent_id):
        return Outcome.IGNORED
    taken = intent.received if to == State.CAPTURED else payment.amount.amount
    if intent.amount != payment.amount or taken != payment.amount.amount:
        return Outcome.IGNORED
    if payment.state in ENDED_WITHOUT_MONEY and to in (State.AUTHORIZED, State.CAPTURED) and intent.is_ours:
        return Outcome.STRAY
    if payment.state in ENDED_WITHOUT_MONEY:
        return Outcome.STALE
    return Outcome.APPLIED if payment.state in COMES_FROM[to] else Outcome.STALE
