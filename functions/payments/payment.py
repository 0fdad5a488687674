"""What a payment is and how it may move; pure.

requested ─→ authorized ─→ captured
    │            └──────→ voided
    ├─→ captured   (Stripe's word came before our own record of the authorisation)
    ├─→ voided     (nothing was ever authorised)
    └─→ failed     (declined)
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kit.errors import Problem
from kit.money import Money


class State(StrEnum):
    REQUESTED = "requested"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    VOIDED = "voided"
    FAILED = "failed"


COMES_FROM = {
    State.AUTHORIZED: (State.REQUESTED,),
    State.CAPTURED: (State.REQUESTED, State.AUTHORIZED),
    State.VOIDED: (State.REQUESTED, State.AUTHORIZED),
    State.FAILED: (State.REQUESTED,),
}
"""Every move there is. A state with no way out is final."""


AUTHENTICATION_REQUIRED = "authentication_required"


class Payment(msgspec.Struct, frozen=True):
    """The one payment of an order. `decline_code` says why it failed, in Stripe's words."""

    order_id: str
    amount: Money
    payment_method_id: str
    state: State
    intent_id: str | None = None
    decline_code: str | None = None


class Order(msgspec.Struct, frozen=True, rename="camel"):
    """What a saga step is told; everything else is on record."""

    order_id: str


class Intent(msgspec.Struct, frozen=True):
    """A PaymentIntent as far as it matters here. `amount` is what was asked, `received` what was taken."""

    intent_id: str
    status: str
    amount: Money
    received: int
    order_id: str | None
    decline_code: str | None = None
    is_ours: bool = True
    """It carries both marks that only `authorize_payment` sets."""


class CardDeclined(Problem):
    """Its detail is Stripe's code: `insufficient_funds`, `generic_decline`, …; or what was wrong with the
    payment method itself: `resource_missing`, …"""

    status, title = 402, "The card was declined"


class AuthenticationRequired(Problem):
    status, title = 402, "The bank wants the buyer to confirm this payment"


class AmountMismatch(Problem):
    """The intent asks for another amount or currency than the order; nothing more is done with it."""

    status, title = 409, "The payment is not for the order's amount"


class AuthorizationLost(Problem):
    """What was authorised can no longer be captured: it lapsed or was cancelled."""

    status, title = 409, "The authorisation has ended"


class AlreadyCaptured(Problem):
    """A void came after the capture: the money was taken and only a refund gives it back."""

    status, title = 409, "The payment was already captured"


class PaymentClosed(Problem):
    """The payment has ended another way; a late step has nothing left to do."""

    status, title = 409, "The payment has already ended"


class OutcomeUnknown(Problem):
    """No final answer from Stripe. Run the same step again: it asks under the same key."""

    status, title = 503, "The payment service has not given a final answer"


class AnswerLost(OutcomeUnknown):
    """Stripe keeps a 5xx as this key's answer: asking again under it will never tell more."""


def declined(code: str | None) -> CardDeclined | AuthenticationRequired:
    """The error that a failed payment's code stands for."""
    return AuthenticationRequired() if code == AUTHENTICATION_REQUIRED else CardDeclined(code or "")


def check_amount(payment: Payment, intent: Intent, *, taken: bool = False) -> None:
    """Raises AmountMismatch unless the intent asks for (or has `taken`) exactly the order's amount."""
    if intent.amount != payment.amount or (taken and intent.received != payment.amount.amount):
        raise AmountMismatch
