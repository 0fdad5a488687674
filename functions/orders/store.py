"""Orders in DynamoDB.

    O#<order id>   ORDER                         the order: every move is a condition on this one item
    O#<order id>   outbox#<message>#<version>    what the buyer is to be told, written with the move itself;
                                                 `#<about>` tells several of one kind apart
    O#<order id>   REVIEW                        a person's look at it (`reviews`)
    B#<person id>  <created at>#<order id>       in whose list it appears, in the order of acceptance

What became of the orders of a cancelled or moved event: `changes`.

An order that has not ended, or of which a cancellation has not, is also in the sparse index `open-orders`, by the
time it was accepted: there the sweeper finds it. An index may lag: nothing but sweeping relies on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from kit import ids
from kit.clock import rfc3339
from kit.errors import NotFound, Problem
from kit.money import Money
from kit.table import Table, TableMeta, Transaction
from orders.order import OPEN, Cancellation, Delivery, Message, Named, Order, OrderedSeat, Reason, Status, sources
from pricing import Fare

ORDER = "ORDER"
OPEN_SHARDS = 8
"""833 orders a second are 1,666 index writes; one partition takes 1,000."""
MESSAGE_VERSION = "1"
MESSAGE_KEPT = timedelta(days=90)


class OrderExists(Problem):
    """This very order was accepted before: its id is its identity."""

    status, title = 409, "This order exists"


class OrderMoved(Problem):
    """The order is not where this move starts: it has moved on."""

    status, title = 409, "The order has moved on"


class OpenOrders(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "open-orders"
        projection = KeysOnlyProjection()

    shard = UnicodeAttribute(hash_key=True, attr_name="open")
    created_at = UnicodeAttribute(range_key=True, attr_name="createdAt")


class OrderItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=ORDER)
    shard = UnicodeAttribute(attr_name="open", null=True)
    created_at = UnicodeAttribute(attr_name="createdAt")
    updated_at = UnicodeAttribute(attr_name="updatedAt")
    lease_ends_at = UnicodeAttribute(attr_name="leaseEndsAt")
    person_id = UnicodeAttribute(attr_name="personId")
    event_id = UnicodeAttribute(attr_name="eventId")
    hold_id = UnicodeAttribute(attr_name="holdId")
    status = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    decline_code = UnicodeAttribute(attr_name="declineCode", null=True)
    seats = JSONAttribute()
    fare = JSONAttribute()
    delivery = JSONAttribute()
    cancellations = JSONAttribute(null=True)
    revision = NumberAttribute(default=0)
    address = UnicodeAttribute(null=True)
    open_orders = OpenOrders()


class EntryItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class MessageItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    order_id = UnicodeAttribute(attr_name="orderId")
    person_id = UnicodeAttribute(attr_name="personId")
    message = UnicodeAttribute()
    version = UnicodeAttribute()
    about = UnicodeAttribute(null=True)
    amount = NumberAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(attr_name="createdAt")
    expires = TTLAttribute()


def add(transaction: Transaction, order: Order, address: str | None = None) -> None:
    """Put a new order and its list entry IF there is no such order; otherwise OrderExists.

    The buyer's network address is kept until the order ends, and never shown.
    """
    item = _item(order)
    item.address = address
    transaction.put(item, condition=OrderItem.pk.does_not_exist(), refused=OrderExists())
    transaction.put(EntryItem(f"B#{order.person_id}", position(order)))


def move(
    order: Named,
    to: Status,
    now: datetime,
    *,
    tell: Message | None = None,
    reason: Reason | None = None,
    decline_code: str | None = None,
    transaction: Transaction | None = None,
) -> None:
    """Move the order IF it is where `to` may be reached from, and put the message; otherwise OrderMoved.

    What the `transaction` has is written with it.
    """
    actions: list[Action] = [OrderItem.status.set(to), OrderItem.updated_at.set(rfc3339(now))]
    if to not in OPEN:
        actions.append(OrderItem.address.remove())
    if to not in (*OPEN, "refunded"):  # its money may be back before a cancellation has given its seats back
        actions.append(OrderItem.shard.remove())
    if reason:
        actions.append(OrderItem.reason.set(reason))
    if decline_code:
        actions.append(OrderItem.decline_code.set(decline_code))
    transaction = transaction or Transaction()
    transaction.update(
        OrderItem(f"O#{order.order_id}", ORDER),
        actions,
        condition=OrderItem.status.is_in(*sources(to)),
        refused=OrderMoved(),
    )
    if tell:
        add_message(transaction, order, tell, now)
    transaction.commit()


def add_message(
    transaction: Transaction, order: Named, tell: Message, now: datetime, about: str = "", amount: Money | None = None
) -> None:
    """Put what the buyer is to be told; `about` and `amount` are for what can happen to an order several times."""
    transaction.put(
        MessageItem(
            f"O#{order.order_id}",
            "#".join(filter(None, ("outbox", tell, MESSAGE_VERSION, about))),
            order_id=order.order_id,
            person_id=order.person_id,
            message=tell,
            version=MESSAGE_VERSION,
            about=about or None,
            amount=amount.amount if amount else None,
            currency=amount.currency if amount else None,
            created_at=rfc3339(now),
            expires=now + MESSAGE_KEPT,
        )
    )


def add_cancellation(transaction: Transaction, order: Order, cancellation: Cancellation, now: datetime) -> None:
    """Add to the caller's transaction: seats are given back IF nothing changed since the order was read.

    On commit, raises OrderMoved. The last seats end the order. What a buyer asked for, the sweeper sees to.
    """
    last = set(order.kept_seat_ids) == set(cancellation.seat_ids)
    by_buyer = cancellation.cause == "buyer"
    _change(
        transaction,
        order,
        [*order.cancellations, cancellation],
        [
            *([OrderItem.status.set("cancelled")] if last else []),
            *([OrderItem.shard.set(_shard(order.order_id))] if by_buyer else []),
        ],
        now,
    )
    news: Message = "order-cancelled" if by_buyer else "event-cancelled"
    add_message(transaction, order, news, now, cancellation.cancellation_id, cancellation.refund)


def close_cancellation(order: Order, cancellation_id: str, to: Status, now: datetime) -> None:
    """All that follows a cancellation is done. Raises OrderMoved."""
    cancellations = [
        msgspec.structs.replace(each, closed=each.closed or each.cancellation_id == cancellation_id)
        for each in order.cancellations
    ]
    done = all(each.closed for each in cancellations)
    transaction = Transaction()
    ended = [OrderItem.shard.remove()] if done else []
    _change(transaction, order, cancellations, [OrderItem.status.set(to), *ended], now)
    transaction.commit()


def _change(
    transaction: Transaction, order: Order, cancellations: list[Cancellation], actions: list[Action], now: datetime
) -> None:
    transaction.update(
        OrderItem(f"O#{order.order_id}", ORDER),
        [
            OrderItem.cancellations.set(msgspec.to_builtins(cancellations)),
            OrderItem.revision.set(_revision(cancellations)),
            OrderItem.updated_at.set(rfc3339(now)),
            *actions,
        ],
        condition=(OrderItem.status == order.status)
        & ((OrderItem.revision == _revision(order.cancellations)) | OrderItem.revision.does_not_exist()),
        refused=OrderMoved(),
    )


def _revision(cancellations: list[Cancellation]) -> int:
    """Grows with each that is added and each that is closed."""
    return len(cancellations) + sum(each.closed for each in cancellations)


def find(order_id: str) -> Order | None:
    """The order as it stands, strongly consistent."""
    if not ids.is_one("ord", order_id):
        return None
    try:
        return _order(OrderItem.get(f"O#{order_id}", ORDER, consistent_read=True))
    except OrderItem.DoesNotExist:
        return None


def get(order_id: str) -> Order:
    """The order as it stands, strongly consistent. Raises NotFound."""
    order = find(order_id)
    if order is None:
        raise NotFound
    return order


def address_of(order_id: str) -> str | None:
    """Where an order came from, as long as it is open."""
    item = OrderItem.get(f"O#{order_id}", ORDER, consistent_read=True)
    return item.address


def list_of(person_id: str, limit: int, after: str | None) -> tuple[list[Order], str | None]:
    """A person's orders, newest first, strongly consistent; and where to go on, if there is more."""
    entries = list(
        EntryItem.query(
            f"B#{person_id}",
            EntryItem.sk < after if after else None,
            scan_index_forward=False,
            limit=limit + 1,
            consistent_read=True,
        )
    )
    keys = [(f"O#{entry.sk.partition('#')[2]}", ORDER) for entry in entries[:limit]]
    orders = [_order(item) for item in OrderItem.batch_get(keys, consistent_read=True)]
    more = entries[limit - 1].sk if len(entries) > limit else None
    return sorted(orders, key=position, reverse=True), more


def list_open(accepted_before: datetime, limit: int) -> list[Order]:
    """About so many orders accepted before then of which something is under way, of each shard the oldest."""
    keys = [
        (item.pk, ORDER)
        for shard in range(OPEN_SHARDS)
        for item in OrderItem.open_orders.query(
            str(shard), OpenOrders.created_at < rfc3339(accepted_before), limit=-(-limit // OPEN_SHARDS)
        )
    ]
    found = [_order(item) for item in OrderItem.batch_get(keys, consistent_read=True)]
    return [order for order in found if order.is_open or not all(each.closed for each in order.cancellations)]


def position(order: Order) -> str:
    """Where it stands in its buyer's list."""
    return f"{rfc3339(order.created_at)}#{order.order_id}"


def _shard(order_id: str) -> str:
    return str(ids.to_bytes(order_id)[-1] % OPEN_SHARDS)


def _item(order: Order) -> OrderItem:
    return OrderItem(
        f"O#{order.order_id}",
        ORDER,
        shard=_shard(order.order_id),
        created_at=rfc3339(order.created_at),
        updated_at=rfc3339(order.updated_at),
        lease_ends_at=rfc3339(order.lease_ends_at),
        person_id=order.person_id,
        event_id=order.event_id,
        hold_id=order.hold_id,
        status=order.status,
        seats=msgspec.to_builtins(order.seats),
        fare=msgspec.to_builtins(order.fare),
        delivery=msgspec.to_builtins(order.delivery),
    )


def _order(item: OrderItem) -> Order:
    return Order(
        order_id=item.pk.removeprefix("O#"),
        person_id=item.person_id,
        event_id=item.event_id,
        hold_id=item.hold_id,
        status=cast(Status, item.status),
        seats=msgspec.convert(item.seats, list[OrderedSeat]),
        fare=msgspec.convert(item.fare, Fare),
        delivery=msgspec.convert(item.delivery, Delivery),
        created_at=datetime.fromisoformat(item.created_at),
        updated_at=datetime.fromisoformat(item.updated_at),
        lease_ends_at=datetime.fromisoformat(item.lease_ends_at),
        reason=cast("Reason | None", item.reason),
        decline_code=item.decline_code,
        cancellations=msgspec.convert(item.cancellations or [], list[Cancellation]),
    )
