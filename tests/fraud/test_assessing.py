"""Every order is decided once, by what is known; what is not known never speaks for it (fault matrix, S3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

import fraud
from fraud import Decision, Verdict
from kit import ids
from tests import harness

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def assess(
    key: str = "first",
    *,
    person: str = "ada",
    event: str = "evt_1",
    seats: float | None = 2,
    total: float | None = 9000,
    at: datetime = NOON,
) -> Decision:
    order_id = ids.derived("ord", person, event, key)
    return fraud.assess(order_id, person, event, seats=seats, total_minor=total, now=at)


def after(orders: int, event: str = "evt_1", at: datetime = NOON) -> Verdict:
    """The verdict on one more order after so many for an event each, or all for one."""
    for number in range(orders):
        assess(f"{number}", event=event or f"evt_{number}", at=at)
    return assess("one more", event=event or "evt_1").verdict


def test_an_ordinary_order_is_approved() -> None:
    decision = assess()
    assert (decision.verdict, decision.rules, decision.decided_at) == ("approve", [], NOON)


@pytest.mark.parametrize(
    ("seats", "total", "verdict", "rules"),
    [
        (2, 500_000, "challenge", ["large-total"]),
        (2, 5_000_000, "review", ["large-total", "very-large-total"]),
        (30, 9000, "review", ["many-seats"]),
        (None, 9000, "review", ["unknown-seats"]),
        (float("nan"), 9000, "review", ["unknown-seats"]),
        (2, None, "review", ["unknown-total-minor"]),
        (2, float("nan"), "review", ["unknown-total-minor"]),
        (2, float("inf"), "review", ["unknown-total-minor"]),
        (2, float("-inf"), "review", ["unknown-total-minor"]),
    ],
)
def test_the_gravest_rule_decides(seats: Any, total: Any, verdict: str, rules: list[str]) -> None:
    decision = assess(seats=seats, total=total)
    assert (decision.verdict, decision.rules) == (verdict, rules)


@pytest.mark.parametrize(
    ("orders", "event", "verdict"),
    [(7, "evt_1", "approve"), (8, "evt_1", "challenge"), (9, "", "approve"), (10, "", "challenge"), (20, "", "review")],
)
def test_many_orders_are_trusted_less(orders: int, event: str, verdict: str) -> None:
    assert after(orders, event) == verdict


def test_a_flood_for_one_event_is_blocked() -> None:
    assert after(20) == "block"
    assert assess(person="bob").verdict == "approve"


def test_orders_of_two_hours_ago_are_forgotten() -> None:
    assert after(20, at=NOON - timedelta(hours=2)) == "approve"


def test_asked_again_it_says_the_same_and_counts_once() -> None:
    first = assess()
    for _ in range(30):
        assert assess(total=99_999_999) == first
    assert assess("second").verdict == "approve"


def test_a_try_that_was_faster_is_believed() -> None:
    first = assess(total=500_000)
    assert assess(total=1_000) == first


def test_a_crash_before_the_decision_leaves_nothing() -> None:
    """CB: the counters move with the decision or not at all."""
    call = BaseClient._make_api_call

    def dies(client: Any, operation: str, parameters: Any) -> Any:
        if operation == "TransactWriteItems":
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return call(client, operation, parameters)

    with mock.patch.object(BaseClient, "_make_api_call", dies):
        for _ in range(3):
            with pytest.raises(TransactWriteError):
                assess()
    assert after(7) == "approve"
