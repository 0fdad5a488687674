"""FailOrder: no money is kept and the seats are free; now the order says why, and the buyer is told."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec

import fraud
from kit.step import step
from kit.table import Transaction
from orders import store
from orders.order import Reason, Status

REASONS: dict[str, Reason] = {
    "CardDeclined": "payment-declined",
    "AuthenticationFailed": "authentication-required",
    "AuthenticationRequired": "authentication-required",
    "SeatsLost": "seats-lost",
    "HoldExpired": "hold-expired",
    "LeaseUnknown": "hold-expired",
    "EventCancelled": "event-cancelled",
    "EventMoved": "event-moved",
    "FraudBlocked": "not-accepted",
    "ReviewDeclined": "not-accepted",
    "ReviewClosed": "not-accepted",
}
"""By the name of the error that ended the purchase; any other is ours to explain, not the buyer's."""


WAITED: dict[Status, Reason] = {"in_review": "not-accepted", "requires_action": "authentication-required"}
"""Why an order failed whose wait for somebody's answer timed out."""


class StateError(msgspec.Struct, frozen=True, rename="pascal"):
    """What a Catch leaves: the error's class, and of a Lambda the message, inside a JSON text."""

    error: str = "Unknown"
    cause: str | None = None


class Failure(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    error: StateError


@step
def handler(failure: Failure, now: datetime) -> None:
    fail_order(failure.order_id, failure.error, now)


def fail_order(order_id: str, error: StateError, now: datetime) -> None:
    """Once or again with the same outcome. Raises OrderMoved where the order ended otherwise."""
    order = store.get(order_id)
    if order.status == "failed":
        return
    waited_in_vain = error.error == "States.Timeout" and order.status in WAITED
    reason = WAITED[order.status] if waited_in_vain else REASONS.get(error.error, "technical")
    declined = reason == "payment-declined"
    transaction = Transaction()
    if declined and (address := store.address_of(order_id)):
        fraud.count_declined(transaction, address, now)
    store.move(
        order,
        "failed",
        now,
        tell="order-failed",
        reason=reason,
        decline_code=_message(error.cause) if declined else None,
        transaction=transaction,
    )


def _message(cause: str | None) -> str | None:
    """A declined card's message is the issuer's decline code."""
    try:
        return str(json.loads(cause or "")["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return None
