"""Decisions and counters in DynamoDB.

O#<order id>               DECISION               put once IF absent, never changed
P#<person id>#<event id>   <hour>                 orders assessed in that hour; with no event: for any event
A#<network address>        <hour>                 cards declined in that hour, and orders since the first of them
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from fraud.rules import Decision, Verdict
from kit.clock import rfc3339
from kit.table import Table, TableMeta, Transaction

DECISION = "DECISION"
HOUR = timedelta(hours=1)
COUNTED_FOR = timedelta(days=1)


class DecidedBefore(Exception):
    """Another try was faster: its decision stands."""


class DecisionItem(Model):
    class Meta(TableMeta):
        table_name = Table("fraud")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    verdict = UnicodeAttribute()
    rules = JSONAttribute()
    decided_at = UnicodeAttribute(attr_name="decidedAt")


class CounterItem(Model):
    class Meta(TableMeta):
        table_name = Table("fraud")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    orders = NumberAttribute(default=0)
    declined = NumberAttribute(default=0)
    expires = TTLAttribute(null=True)


def find(order_id: str) -> Decision | None:
    """The decision on an order, strongly consistent."""
    try:
        item = DecisionItem.get(f"O#{order_id}", DECISION, consistent_read=True)
    except DecisionItem.DoesNotExist:
        return None
    return Decision(order_id, cast(Verdict, item.verdict), item.rules, datetime.fromisoformat(item.decided_at))


def get(order_id: str) -> Decision:
    """The decision that is known to be there."""
    decision = find(order_id)
    assert decision is not None
    return decision


def add(transaction: Transaction, decision: Decision) -> None:
    """Put the decision IF there is none; otherwise DecidedBefore."""
    item = DecisionItem(
        f"O#{decision.order_id}",
        DECISION,
        verdict=decision.verdict,
        rules=decision.rules,
        decided_at=rfc3339(decision.decided_at),
    )
    transaction.put(item, condition=DecisionItem.pk.does_not_exist(), refused=DecidedBefore())


def counted(person_id: str, event_ids: Sequence[str], now: datetime) -> list[int]:
    """Orders of this hour and the one before, for each of these events; "" is any event."""
    hours = [_hour(moment) for moment in (now - HOUR, now)]
    keys = [(_counter(person_id, event_id), hour) for event_id in event_ids for hour in hours]
    found = list(CounterItem.batch_get(keys, consistent_read=True))
    of_event = [[int(item.orders) for item in found if item.pk == _counter(person_id, each)] for each in event_ids]
    return [sum(orders) for orders in of_event]


def count_one(transaction: Transaction, person_id: str, event_id: str, now: datetime) -> None:
    """Add one to this hour."""
    transaction.update(CounterItem(_counter(person_id, event_id), _hour(now)), _one_more(CounterItem.orders, now))


class Tries(NamedTuple):
    """Of this hour and the one before: a person's orders for an event, an address's orders and declined cards."""

    of_person: int
    from_address: int
    declined: int


def tries(person_id: str, event_id: str, address: str | None, now: datetime) -> Tries:
    """In one read."""
    person, place = _counter(person_id, event_id), f"A#{address}"
    hours = [_hour(moment) for moment in (now - HOUR, now)]
    keys = [(pk, hour) for pk in (person, place) if address or pk == person for hour in hours]
    found = list(CounterItem.batch_get(keys, consistent_read=True))
    there = [item for item in found if item.pk == place]
    return Tries(
        of_person=sum(int(item.orders) for item in found if item.pk == person),
        from_address=sum(int(item.orders) for item in there),
        declined=sum(int(item.declined) for item in there),
    )


def count_try(address: str, now: datetime) -> None:
    """Add one to this hour."""
    _at(address, now).update(_one_more(CounterItem.orders, now))


def count_declined(transaction: Transaction, address: str, now: datetime) -> None:
    """Add one to this hour."""
    transaction.update(_at(address, now), _one_more(CounterItem.declined, now))


def _at(address: str, now: datetime) -> CounterItem:
    return CounterItem(f"A#{address}", _hour(now))


def _one_more(counter: NumberAttribute, now: datetime) -> list[Action]:
    return [counter.add(1), CounterItem.expires.set(now + COUNTED_FOR)]


def _counter(person_id: str, event_id: str) -> str:
    return f"P#{person_id}#{event_id}"


def _hour(moment: datetime) -> str:
    return rfc3339(moment)[:13]
