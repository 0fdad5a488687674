"""The payments table.

pk                sk          what
<orderId>         payment     the payment of an order
evt_…             event       a webhook event that was dealt with, kept 30 days so that it counts once
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.errors import Problem
from kit.money import Money
from kit.table import Table, TableMeta, Transaction
from payments.payment import COMES_FROM, Intent, Payment, State

EVENTS_KEPT = timedelta(days=30)
REFUSED = "ConditionalCheckFailedException"


class PaymentItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="payment")
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    payment_method_id = UnicodeAttribute()
    state = UnicodeAttribute()
    intent_id = UnicodeAttribute(null=True)
    decline_code = UnicodeAttribute(null=True)
    requested_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()


class EventItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="event")
    type = UnicodeAttribute()
    intent_id = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute()
    received_at = UnicodeAttribute()
    expires = NumberAttribute()


class AlreadyRequested(Problem):
    status, title = 409, "This order already has a payment"


class AlreadyReceived(Problem):
    """The event was dealt with before."""


class Moved(Problem):
    """The payment is no longer in a state from which it may make this move."""

    status, title = 409, "The payment has moved on"


def request_payment(
    transaction: Transaction, order_id: str, amount: Money, payment_method_id: str, now: datetime
) -> None:
    """Add to the caller's transaction: this order is to be paid so. Nothing is said to Stripe yet.

    On commit, raises AlreadyRequested if the order has a payment.
    """
    item = PaymentItem(
        order_id,
        amount=amount.amount,
        currency=amount.currency,
        payment_method_id=payment_method_id,
        state=State.REQUESTED,
        requested_at=rfc3339(now),
        changed_at=rfc3339(now),
    )
    transaction.put(item, condition=PaymentItem.pk.does_not_exist(), refused=AlreadyRequested())


def get_payment(order_id: str) -> Payment | None:
    """The payment of an order, strongly consistent."""
    try:
        item = PaymentItem.get(order_id, "payment", consistent_read=True)
    except PaymentItem.DoesNotExist:
        return None
    return Payment(
        order_id=item.pk,
        amount=Money(int(item.amount), item.currency),
        payment_method_id=item.payment_method_id,
        state=State(item.state),
        intent_id=item.intent_id,
        decline_code=item.decline_code,
    )


def move(
    order_id: str, to: State, now: datetime, *, intent_id: str | None = None, decline_code: str | None = None
) -> None:
    """Record a state. Repeating a move is allowed; raises Moved when the payment has gone elsewhere."""
    allowed = PaymentItem.state.is_in(to, *COMES_FROM[to]) & _same_intent(intent_id)
    try:
        PaymentItem(order_id).update(_changes(to, now, intent_id, decline_code), condition=allowed)
    except UpdateError as error:
        if error.cause_response_code == REFUSED:
            raise Moved from error
        raise


def record_event(event_id: str, kind: str, intent: Intent, outcome: str, now: datetime) -> None:
    """Remember an event that changed nothing. Raises AlreadyReceived."""
    try:
        _event(event_id, kind, intent, outcome, now).save(EventItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code == REFUSED:
            raise AlreadyReceived from error
        raise


def apply_event(
    event_id: str, kind: str, intent: Intent, to: State, now: datetime, *, decline_code: str | None = None
) -> None:
    """Remember an event together with the move it means. Raises AlreadyReceived or Moved."""
    transaction = Transaction()
    transaction.put(
        _event(event_id, kind, intent, "applied", now),
        condition=EventItem.pk.does_not_exist(),
        refused=AlreadyReceived(),
    )
    transaction.update(
        PaymentItem(intent.order_id),
        _changes(to, now, intent.intent_id, decline_code),
        condition=PaymentItem.state.is_in(*COMES_FROM[to]) & _same_intent(intent.intent_id),
        refused=Moved(),
    )
    transaction.commit()


def _same_intent(intent_id: str | None) -> Condition:
    """An order has one intent: a second one never overwrites the first."""
    unknown: Condition = PaymentItem.intent_id.does_not_exist()
    return unknown | (PaymentItem.intent_id == intent_id) if intent_id else PaymentItem.pk.exists()


def _changes(to: State, now: datetime, intent_id: str | None, decline_code: str | None) -> list[Action]:
    changes: list[Action] = [PaymentItem.state.set(to), PaymentItem.changed_at.set(rfc3339(now))]
    if intent_id:
        changes.append(PaymentItem.intent_id.set(intent_id))
    if decline_code:
        changes.append(PaymentItem.decline_code.set(decline_code))
    return changes


def _event(event_id: str, kind: str, intent: Intent, outcome: str, now: datetime) -> EventItem:
    return EventItem(
        event_id,
        type=kind,
        intent_id=intent.intent_id,
        order_id=intent.order_id,
        outcome=outcome,
        received_at=rfc3339(now),
        expires=int((now + EVENTS_KEPT).timestamp()),
    )
