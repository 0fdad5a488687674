"""What became of the orders of an event that was cancelled or moved, in DynamoDB.

    E#<event id>               CHANGE          the event's last change, how many orders it concerns, which run is on
    E#<event id>#<change id>   O#<order id>    what became of one of them

Progress is counted from the outcomes, one of each order: a counter would be the one item that all runs fight for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.models import Model

from kit import ids
from kit.clock import rfc3339
from kit.table import Table, TableMeta

CHANGE = "CHANGE"
SHOWN_MAX = 100
REFUSED = "ConditionalCheckFailedException"
Kind = Literal["cancelled", "moved"]
Outcome = Literal["done", "failed"]


class OtherRun(Exception):
    """Somebody else began a run at the same time."""


class Change(msgspec.Struct, frozen=True):
    """`change_id` names it for good; `run` counts how often it was carried on. `orders`: none while nobody counted.
    `tries` counts how often this run listed what is left, and `next_try_at` is when it does that with what failed.
    """

    event_id: str
    change_id: str
    kind: Kind
    run: int
    orders: int | None
    tries: int = 0
    next_try_at: datetime | None = None

    @property
    def execution(self) -> str:
        return f"{self.event_id}-{self.change_id}-{self.run}"


class Failed(msgspec.Struct, frozen=True, rename="camel"):
    """`why` is the name of the error."""

    order_id: str
    why: str


class Counts(msgspec.Struct, frozen=True):
    done: int
    failed: int
    failures: list[Failed]


class ChangeItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=CHANGE)
    change_id = UnicodeAttribute(attr_name="changeId")
    kind = UnicodeAttribute()
    run = NumberAttribute()
    orders = NumberAttribute(null=True)
    tries = NumberAttribute(default=0)
    next_try_at = UnicodeAttribute(attr_name="nextTryAt", null=True)
    begun_at = UnicodeAttribute(attr_name="begunAt")


class OutcomeItem(Model):
    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    outcome = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    at = UnicodeAttribute()


def find(event_id: str) -> Change | None:
    """The event's last change, strongly consistent."""
    if not ids.is_one("evt", event_id):
        return None
    try:
        item = ChangeItem.get(f"E#{event_id}", CHANGE, consistent_read=True)
    except ChangeItem.DoesNotExist:
        return None
    orders = None if item.orders is None else int(item.orders)
    kind, next_try_at = msgspec.convert(item.kind, Kind), item.next_try_at
    again = datetime.fromisoformat(next_try_at) if next_try_at else None
    return Change(event_id, item.change_id, kind, int(item.run), orders, int(item.tries), again)


def begin_run(event_id: str, change_id: str, kind: Kind, before: Change | None, now: datetime) -> Change:
    """The next run of this change IF none was begun since `before` was read; otherwise OtherRun."""
    same = before is not None and before.change_id == change_id
    begun = Change(
        event_id, change_id, kind, before.run + 1 if before else 1, before.orders if before and same else None
    )
    item = ChangeItem(
        f"E#{event_id}",
        CHANGE,
        change_id=change_id,
        kind=kind,
        run=begun.run,
        orders=begun.orders,
        begun_at=rfc3339(now),
    )
    try:
        item.save(condition=ChangeItem.run == before.run if before else ChangeItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != REFUSED:
            raise
        raise OtherRun from error
    return begun


def note_try(event_id: str, change_id: str, orders: int, tries: int, next_try_at: datetime | None) -> None:
    """How many orders the change concerns, and the run's next try. One of before is left alone."""
    again = ChangeItem.next_try_at.set(rfc3339(next_try_at)) if next_try_at else ChangeItem.next_try_at.remove()
    try:
        ChangeItem(f"E#{event_id}", CHANGE).update(
            [ChangeItem.orders.set(orders), ChangeItem.tries.set(tries), again],
            condition=ChangeItem.change_id == change_id,
        )
    except UpdateError as error:
        if error.cause_response_code != REFUSED:
            raise


def record(
    event_id: str, change_id: str, order_id: str, outcome: Outcome, now: datetime, *, why: str | None = None
) -> None:
    """What became of an order; what is done stays done."""
    item = OutcomeItem(f"E#{event_id}#{change_id}", f"O#{order_id}", outcome=outcome, why=why, at=rfc3339(now))
    try:
        item.save(condition=OutcomeItem.pk.does_not_exist() | (OutcomeItem.outcome != "done"))
    except PutError as error:
        if error.cause_response_code != REFUSED:
            raise


def done(event_id: str, change_id: str) -> set[str]:
    """The orders that are done."""
    items = OutcomeItem.query(f"E#{event_id}#{change_id}", consistent_read=True)
    return {item.sk.partition("#")[2] for item in items if item.outcome == "done"}


def count(event_id: str, change_id: str) -> Counts:
    """How many orders are done and failed, and some of those that failed."""
    done, failures = 0, []
    for item in OutcomeItem.query(f"E#{event_id}#{change_id}", consistent_read=True):
        if item.outcome == "done":
            done += 1
        else:
            failures.append(Failed(item.sk.partition("#")[2], item.why or ""))
    return Counts(done, len(failures), failures[:SHOWN_MAX])
