"""What is known of a purchase, and what follows from it; pure."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Literal

import msgspec

Verdict = Literal["approve", "challenge", "review", "block"]
SEVERITY: tuple[Verdict, ...] = ("approve", "challenge", "review", "block")
"""From trust to none: the gravest that any rule demands is the verdict."""


class Features(msgspec.Struct, frozen=True):
    """Numbers about a purchase; None or not finite where one is not known."""

    seats: float | None
    total_minor: float | None
    orders_of_person: float | None
    """Placed before this one, in the last one to two hours."""
    orders_of_person_for_event: float | None
    """The same, for this event alone."""


class Rule(msgspec.Struct, frozen=True):
    """From so much of a feature on, at least this verdict."""

    name: str
    feature: str
    at_least: float
    verdict: Verdict


RULES = (
    Rule("large-total", "total_minor", 500_000, "challenge"),
    Rule("very-large-total", "total_minor", 5_000_000, "review"),
    Rule("many-seats", "seats", 30, "review"),
    Rule("many-orders", "orders_of_person", 10, "challenge"),
    Rule("very-many-orders", "orders_of_person", 20, "review"),
    Rule("flood-of-orders", "orders_of_person", 40, "block"),
    Rule("many-orders-for-one-event", "orders_of_person_for_event", 8, "challenge"),
    Rule("flood-of-orders-for-one-event", "orders_of_person_for_event", 20, "block"),
)
UNKNOWN: Verdict = "review"
"""What an unknown number means: it may hide anything, so a person looks."""


class Decision(msgspec.Struct, frozen=True):
    """Taken once and never changed. `rules` names what spoke against the order."""

    order_id: str
    verdict: Verdict
    rules: list[str]
    decided_at: datetime


def decide(order_id: str, features: Features, now: datetime) -> Decision:
    """The gravest verdict of all rules."""
    demanded: list[tuple[str, Verdict]] = []
    for rule in RULES:
        value = getattr(features, rule.feature)
        if value is None or not isfinite(value):
            demanded.append((f"unknown-{rule.feature.replace('_', '-')}", UNKNOWN))
        elif value >= rule.at_least:
            demanded.append((rule.name, rule.verdict))
    verdict: Verdict = max((verdict for _, verdict in demanded), key=SEVERITY.index, default=SEVERITY[0])
    return Decision(order_id, verdict, list(dict.fromkeys(name for name, _ in demanded)), now)
