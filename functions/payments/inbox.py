"""Webhook events in the payments table: which were dealt with, and which wait for their payment."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.errors import Problem
from kit.table import Table, TableMeta
from payments.payment import Payment
from payments.store import PAYMENT, PaymentItem, payment_of
from payments.webhook_event import Event

KEPT = timedelta(days=30)
"""Stripe delivers an event again for three days, and lists it for thirty."""


class EventItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default="event")
    type = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute()
    received_at = UnicodeAttribute()
    expires = NumberAttribute()


class ParkedItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    event = UnicodeAttribute()
    expires = NumberAttribute()


class RecordItem(PaymentItem):
    """A payment or an event parked beside it."""

    event = UnicodeAttribute(null=True)


class AlreadyReceived(Problem):
    """The event was dealt with before."""


def remember(event: Event, order_id: str | None, outcome: str, now: datetime) -> None:
    """Note what became of an event. Raises AlreadyReceived where that was noted before."""
    item = EventItem(
        event.id,
        type=event.type,
        order_id=order_id,
        outcome=outcome,
        received_at=rfc3339(now),
        expires=_expires(now),
    )
    try:
        item.save(EventItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise AlreadyReceived from error
        raise


def park(event: Event, order_id: str, now: datetime) -> None:
    """Keep the event with the order it names, until that order's payment is there."""
    kept = msgspec.json.encode(event.slim()).decode()
    ParkedItem(order_id, f"parked#{event.created:010}#{event.id}", event=kept, expires=_expires(now)).save()


def payment_and_parked(order_id: str) -> tuple[Payment | None, list[Event]]:
    """The payment of an order, strongly consistent, and what came before it, in the order it was sent; in one read."""
    parked: list[Event] = []
    for item in RecordItem.query(order_id, RecordItem.sk.between("parked#", PAYMENT), consistent_read=True):
        if item.sk == PAYMENT:
            return payment_of(item), parked
        parked.append(msgspec.json.decode(item.event, type=Event))
    return None, parked


def _expires(now: datetime) -> int:
    return int((now + KEPT).timestamp())
