"""Deciding on an order once: what was counted before it, the decision, and its own count in one transaction."""

from __future__ import annotations

from datetime import datetime

from fraud import store
from fraud.rules import Decision, Features, decide
from kit.table import Transaction


def assess(
    order_id: str, person_id: str, event_id: str, *, seats: float | None, total_minor: float | None, now: datetime
) -> Decision:
    """The decision on this order: taken now, or the very one taken by an earlier try. Raises Busy."""
    of_person, for_event = store.counted(person_id, ("", event_id), now)
    features = Features(
        seats=seats, total_minor=total_minor, orders_of_person=of_person, orders_of_person_for_event=for_event
    )
    decision = decide(order_id, features, now)
    transaction = Transaction()
    store.add(transaction, decision)
    store.count_one(transaction, person_id, "", now)
    store.count_one(transaction, person_id, event_id, now)
    try:
        transaction.commit()
    except store.DecidedBefore:
        return store.get(order_id)
    return decision


def decision_on(order_id: str) -> Decision | None:
    """What was decided, if anything was."""
    return store.find(order_id)
