"""Decisions and counters in DynamoDB.

O#<order id>               DECISION               put once IF absent, never changed
P#<person id>#<event id>   <hour>                 orders assessed in that hour; with no event: for any event
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
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


def counted(person_id: str, event_id: str, now: datetime) -> int:
    """Orders of this hour and the one before."""
    keys = [(_counter(person_id, event_id), _hour(moment)) for moment in (now - HOUR, now)]
    return sum(int(item.orders) for item in CounterItem.batch_get(keys, consistent_read=True))


def count_one(transaction: Transaction, person_id: str, event_id: str, now: datetime) -> None:
    """Add one to this hour."""
    transaction.update(
        CounterItem(_counter(person_id, event_id), _hour(now)),
        [CounterItem.orders.add(1), CounterItem.expires.set(now + COUNTED_FOR)],
    )


def _counter(person_id: str, event_id: str) -> str:
    return f"P#{person_id}#{event_id}"


def _hour(moment: datetime) -> str:
    return rfc3339(moment)[:13]
