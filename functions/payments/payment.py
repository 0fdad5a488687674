"""What a payment is and how it may move; pure.

requested ─→ authorized ─→ captured ⇄ refunded
    │            └──────→ voided
    ├─→ requires_action   (the bank wants the buyer to confirm) ─→ whatever requested goes to
    ├─→ captured   (Stripe's word came before our own record of the authorisation)
    ├─→ voided     (nothing was ever authorised)
    └─→ failed     (declined)

What ended without money and is then found taken at Stripe becomes captured too, to be refunded.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kit.errors import Problem
from kit.money import Money


class State(StrEnum):
    REQUESTED = "requested"
    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"
    FAILED = "failed"


NOT_ENDED = (State.REQUESTED, State.REQUIRES_ACTION, State.AUTHORIZED)
ENDED_WITHOUT_MONEY = (State.VOIDED, State.FAILED)
COMES_FROM = {
    State.REQUIRES_ACTION: (State.REQUESTED,),
    State.AUTHORIZED: (State.REQUESTED, State.REQUIRES_ACTION),
    State.CAPTURED: (*NOT_ENDED, *ENDED_WITHOUT_MONEY),
    State.VOIDED: NOT_ENDED,
    State.FAILED: (State.REQUESTED, State.REQUIRES_ACTION),
}
"""Every move but those between captured and refunded, which a refund makes (`refunds`)."""


NOT_CONFIRMED = "payment_intent_authentication_failure"
"""Stripe's code for a buyer who did not pass the bank's check."""


class Payment(msgspec.Struct, frozen=True):
    """The one payment of an order. `decline_code` says why it failed, in Stripe's words."""

    order_id: str
    amount: Money
    payment_method_id: str
    state: State
    intent_id: str | None = None
    decline_code: str | None = None
    refunding_minor: int = 0
    """Of what was captured: asked to be given back, whether or not it has been yet."""
    refunded_minor: int = 0
    """Of what was captured: given back."""
    awaited: bool = False
    """A purchase waits for the bank's answer to this payment."""

    @property
    def is_free(self) -> bool:
        """There is nothing to ask a card for: Stripe is told nothing of it."""
        return self.amount.amount == 0

    @property
    def is_captured(self) -> bool:
        """The money was taken, whatever was given back since."""
        return self.state in (State.CAPTURED, State.REFUNDED)

    @property
    def is_open(self) -> bool:
        """Something about it is unfinished."""
        return self.state in NOT_ENDED or self.refunding_minor != self.refunded_minor

    @property
    def went_back(self) -> bool:
        """The money was taken, and all of it has been given back."""
        return self.state == State.REFUNDED

    @property
    def kept_minor(self) -> int:
        """What was taken and has not been given back."""
        return self.amount.amount - self.refunded_minor if self.is_captured else 0

    @property
    def left(self) -> Money:
        """What can still be refunded."""
        captured = self.amount.amount if self.is_captured else 0
        return Money(captured - self.refunding_minor, self.amount.currency)


class Order(msgspec.Struct, frozen=True, rename="camel"):
    """What a saga step is told; everything else is on record."""

    order_id: str


class Fee(msgspec.Struct, frozen=True):
    """What Stripe keeps of a movement of its balance; `entry_id` names that movement (`txn_…`)."""

    entry_id: str
    amount: Money


class Intent(msgspec.Struct, frozen=True):
    """A PaymentIntent as far as it matters here. `amount` is what was asked, `received` what was taken."""

    intent_id: str
    status: str
    amount: Money
    received: int
    order_id: str | None
    decline_code: str | None = None
    client_secret: str | None = None
    fee: Fee | None = None
    is_ours: bool = True
    """It carries both marks that only `authorize_payment` sets."""


class CardDeclined(Problem):
    """Its detail is Stripe's code: `insufficient_funds`, `generic_decline`, …; or what was wrong with the
    payment method itself: `resource_missing`, …"""

    status, title = 402, "The card was declined"


class AuthenticationRequired(Problem):
    """The buyer has to answer to the bank first: wait for it (`waiting`)."""

    status, title = 402, "The bank wants the buyer to confirm this payment"


class AuthenticationFailed(Problem):
    status, title = 402, "The buyer did not confirm this payment with the bank"


class AlreadyAuthorized(Problem):
    """The bank's answer came before anybody waited for it."""

    status, title = 409, "The payment is already authorised"


class AmountMismatch(Problem):
    """The intent asks for another amount or currency than the order; nothing more is done with it."""

    status, title = 409, "The payment is not for the order's amount"


class AuthorizationLost(Problem):
    """What was authorised can no longer be captured: it lapsed or was cancelled, or the money went back."""

    status, title = 409, "The authorisation has ended"


class IntentUnknown(Problem):
    """Stripe has no such intent, so no money hangs on it: it was deleted with test data, or the account is another."""

    status, title = 409, "The payment service does not know this payment"


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


def declined(code: str | None) -> CardDeclined | AuthenticationFailed:
    """The error that a failed payment's code stands for."""
    return AuthenticationFailed() if code == NOT_CONFIRMED else CardDeclined(code or "")


def check_amount(payment: Payment, intent: Intent, *, taken: bool = False) -> None:
    """Raises AmountMismatch unless the intent asks for (or has `taken`) exactly the order's amount."""
    if intent.amount != payment.amount or (taken and intent.received != payment.amount.amount):
        raise AmountMismatch
