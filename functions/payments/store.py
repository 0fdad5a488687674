"""The payments table.

pk          sk                        what
<orderId>   payment                   the payment of an order
<orderId>   refund#<refundId>         a part of it that is given back
<orderId>   ledger#<entry>            what one event did to its books, written with that event's change of state
<orderId>   dispute#<disputeId>       a dispute, with what we know that may answer it     (`disputing`)
<orderId>   outbox#<what>#<id>        what the order's other owners must hear of          (`outbox`)
<orderId>   parked#<sent>#<eventId>   a webhook event that came before its payment        (`inbox`)
evt_…       event                     a webhook event that was dealt with                 (`inbox`)

The index `listing` has each payment once: under `open#<shard>`, by the time it was asked for, while anything
about it is unfinished; then under `<day>#<shard>`, by the time its money last moved. It may lag: only sweeping
and reconciling rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from kit import ids
from kit.clock import rfc3339
from kit.errors import Problem
from kit.money import Money
from kit.table import Table, TableMeta, Transaction
from payments import ledger
from payments.ledger import Entry, Posting
from payments.payment import COMES_FROM, NOT_ENDED, Intent, Payment, State

PAYMENT = "payment"
SHARDS = 8
"""833 orders a second, each listed three times; one partition takes 1,000 writes."""


class Listing(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "listing"
        projection = KeysOnlyProjection()

    listed = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class PaymentItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=PAYMENT)
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    payment_method_id = UnicodeAttribute()
    state = UnicodeAttribute()
    intent_id = UnicodeAttribute(null=True)
    decline_code = UnicodeAttribute(null=True)
    refunding = NumberAttribute(default=0)
    refunded = NumberAttribute(default=0)
    client_secret = UnicodeAttribute(null=True)
    task_token = UnicodeAttribute(null=True)
    requested_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    listed = UnicodeAttribute()
    listed_at = UnicodeAttribute()
    listing = Listing()


class LedgerItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    postings = JSONAttribute()
    posted_at = UnicodeAttribute()


class AlreadyRequested(Problem):
    status, title = 409, "This order already has a payment"


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
        listed=open_list(order_id),
        listed_at=rfc3339(now),
    )
    transaction.put(item, condition=PaymentItem.pk.does_not_exist(), refused=AlreadyRequested())


def get_payment(order_id: str) -> Payment | None:
    """The payment of an order, strongly consistent."""
    try:
        return payment_of(PaymentItem.get(order_id, PAYMENT, consistent_read=True))
    except PaymentItem.DoesNotExist:
        return None


def require_payment(order_id: str) -> Payment:
    """The payment that is known to be there."""
    payment = get_payment(order_id)
    assert payment is not None
    return payment


def move(
    payment: Payment, to: State, now: datetime, *, intent: Intent | None = None, decline_code: str | None = None
) -> None:
    """Record a state and its ledger entry. Repeating a move is allowed; raises Moved when it has gone elsewhere."""
    transaction = Transaction()
    add_move(transaction, payment, to, now, intent=intent, decline_code=decline_code)
    try:
        transaction.commit()
    except Moved:
        there = get_payment(payment.order_id)
        if there is None or there.state != to or (intent and there.intent_id != intent.intent_id):
            raise


def add_move(
    transaction: Transaction,
    payment: Payment,
    to: State,
    now: datetime,
    *,
    intent: Intent | None = None,
    decline_code: str | None = None,
) -> None:
    """Add to a transaction: the move IF the payment is still as read and has no other intent; else Moved."""
    if payment.state not in COMES_FROM[to]:
        raise Moved
    entry = ledger.of_move(payment, to)
    if entry:
        post(transaction, payment.order_id, entry, now)
    if intent and intent.fee and to == State.CAPTURED:
        post(transaction, payment.order_id, ledger.of_fee(intent.fee), now)
    changes: list[Action] = [PaymentItem.state.set(to), PaymentItem.changed_at.set(rfc3339(now))]
    if intent:
        changes.append(PaymentItem.intent_id.set(intent.intent_id))
    if intent and intent.client_secret and to == State.REQUIRES_ACTION:
        changes.append(PaymentItem.client_secret.set(intent.client_secret))
    elif payment.state == State.REQUIRES_ACTION:
        changes.append(PaymentItem.client_secret.remove())
    if decline_code:
        changes.append(PaymentItem.decline_code.set(decline_code))
    if to not in NOT_ENDED:
        changes += listed_as(day_list(payment.order_id, now), now)
    transaction.update(
        PaymentItem(payment.order_id),
        changes,
        condition=(PaymentItem.state == payment.state) & _same_intent(intent.intent_id if intent else None),
        refused=Moved(),
    )


def post(transaction: Transaction, order_id: str, entry: Entry, now: datetime) -> None:
    """Add to a transaction: the entry IF there is none of its name; else Moved."""
    item = LedgerItem(
        order_id, f"ledger#{entry.name}", postings=msgspec.to_builtins(entry.postings), posted_at=rfc3339(now)
    )
    transaction.put(item, condition=LedgerItem.pk.does_not_exist(), refused=Moved())


def learn(order_id: str, entry: Entry, now: datetime) -> None:
    """Enter what Stripe told later. Again, it is there already."""
    transaction = Transaction()
    post(transaction, order_id, entry, now)
    with suppress(Moved):
        transaction.commit()


def entries_of(order_id: str) -> list[Entry]:
    """The ledger of an order, strongly consistent."""
    items = LedgerItem.query(order_id, LedgerItem.sk.startswith("ledger#"), consistent_read=True)
    return [Entry(item.sk.partition("#")[2], msgspec.convert(item.postings, tuple[Posting, ...])) for item in items]


def history_of(order_id: str) -> dict[str, str]:
    """When the order's money was set aside and taken."""
    items = LedgerItem.query(order_id, LedgerItem.sk.startswith("ledger#"), consistent_read=True)
    names = {f"ledger#{state}": state for state in (State.AUTHORIZED, State.CAPTURED)}
    return {names[item.sk].value: item.posted_at for item in items if item.sk in names}


def list_open(asked_before: datetime, limit: int) -> list[tuple[Payment, datetime]]:
    """About so many unfinished payments asked for before then, of each shard the oldest, and when that was."""
    keys = [
        (item.pk, PAYMENT)
        for shard in range(SHARDS)
        for item in PaymentItem.listing.query(
            f"open#{shard}", Listing.listed_at < rfc3339(asked_before), limit=-(-limit // SHARDS)
        )
    ]
    items = PaymentItem.batch_get(keys, consistent_read=True)
    still = [item for item in items if item.listed.startswith("open#")]
    return [(payment_of(item), datetime.fromisoformat(item.listed_at)) for item in still]


def list_again(order_id: str, now: datetime) -> None:
    """Put an unfinished payment behind the others."""
    still_open = PaymentItem.listed == open_list(order_id)
    try:
        PaymentItem(order_id).update([PaymentItem.listed_at.set(rfc3339(now))], condition=still_open)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def list_moved(since: datetime, until: datetime) -> Iterator[str]:
    """The orders whose money last moved then."""
    day = since.date()
    while day <= until.date():
        for shard in range(SHARDS):
            between = Listing.listed_at.between(rfc3339(since), rfc3339(until - timedelta(milliseconds=1)))
            for item in PaymentItem.listing.query(f"{day.isoformat()}#{shard}", between):
                yield item.pk
        day += timedelta(days=1)


def listed_as(listed: str, now: datetime) -> list[Action]:
    return [PaymentItem.listed.set(listed), PaymentItem.listed_at.set(rfc3339(now))]


def open_list(order_id: str) -> str:
    return f"open#{_shard(order_id)}"


def day_list(order_id: str, now: datetime) -> str:
    return f"{rfc3339(now)[:10]}#{_shard(order_id)}"


def _shard(order_id: str) -> int:
    return ids.to_bytes(order_id)[-1] % SHARDS


def _same_intent(intent_id: str | None) -> Condition:
    """An order has one intent: a second one never overwrites the first."""
    unknown: Condition = PaymentItem.intent_id.does_not_exist()
    return unknown | (PaymentItem.intent_id == intent_id) if intent_id else PaymentItem.pk.exists()


def payment_of(item: PaymentItem) -> Payment:
    """What an item says."""
    return Payment(
        order_id=item.pk,
        amount=Money(int(item.amount), item.currency),
        payment_method_id=item.payment_method_id,
        state=State(item.state),
        intent_id=item.intent_id,
        decline_code=item.decline_code,
        refunding_minor=int(item.refunding),
        refunded_minor=int(item.refunded),
        awaited=item.task_token is not None,
    )
