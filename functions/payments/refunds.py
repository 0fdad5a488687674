"""What a refund is and how it may end; pure.

requested ─→ succeeded ─→ failed    (rare: the buyer's bank sends it back)
     └────────→ failed
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kit.errors import Problem
from kit.money import Money

WHOLE = "whole"
"""The refund that gives back all that is left, when nobody names one."""


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


ENDS = {"succeeded": RefundState.SUCCEEDED, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
"""What Stripe's status means; any other is still on its way to the bank."""


class Refund(msgspec.Struct, frozen=True):
    """`refund_id` is the caller's own name for it, and what makes it happen once."""

    order_id: str
    refund_id: str
    amount: Money
    state: RefundState
    stripe_id: str | None = None
    failure: str | None = None


class Returned(msgspec.Struct, frozen=True):
    """A refund as Stripe has it. `refund_id` is there when it was asked for by us."""

    stripe_id: str
    intent_id: str
    amount: Money
    status: str
    refund_id: str | None = None
    failure: str | None = None

    @property
    def name(self) -> str:
        """What it is called on record; Stripe's own id where somebody refunded at Stripe itself."""
        return self.refund_id or self.stripe_id

    @property
    def state(self) -> RefundState:
        return ENDS.get(self.status, RefundState.REQUESTED)


class NothingCaptured(Problem):
    status, title = 409, "No money was taken for this order"


class RefundTooLarge(Problem):
    """`left` is what can still be refunded."""

    status, title = 422, "That is more than can still be refunded"


class RefundRefused(Problem):
    """Its detail is Stripe's code: `charge_disputed`, `expired_or_canceled_card`, … A person decides what follows."""

    status, title = 409, "The payment service refuses this refund"
