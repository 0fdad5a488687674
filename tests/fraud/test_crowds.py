"""Accounts on one device or address: who is challenged, who is kept out, and that an address alone keeps nobody out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import fraud
from fraud.crowds import think_of
from tests import harness

NOON = datetime(2030, 5, 4, 12, tzinfo=UTC)
EVENT = "evt_06gvk2m1c8t4hq3e"


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


@pytest.mark.parametrize(
    ("kind", "accounts", "entry"),
    [
        ("device", 2, "allow"),
        ("device", 3, "challenge"),
        ("device", 9, "challenge"),
        ("device", 10, "exclude"),
        ("address", 19, "allow"),
        ("address", 20, "challenge"),
        ("address", 1_000_000, "challenge"),
    ],
)
def test_how_many_are_too_many(kind: str, accounts: int, entry: str) -> None:
    assert think_of(kind, accounts) == entry


def test_the_gravest_answer_counts_and_what_is_unknown_speaks_for_nobody() -> None:
    counts = {"devices": {"home": 3, "farm": 10, "own": 1}, "addresses": {"hall": 20, "flat": 2}}
    for _ in range(2):  # telling it again changes nothing
        found = fraud.report_crowds(EVENT, **counts, now=NOON)
        assert found == {"allow": 0, "challenge": 2, "exclude": 1}

    def judged(device: str, address: str, event: str = EVENT) -> str:
        return fraud.judge_entry(event, device=device, address=address)

    assert judged("own", "flat") == "allow"
    assert judged("home", "flat") == judged("own", "hall") == "challenge"
    assert judged("farm", "hall") == "exclude"
    assert judged("", "flat") == judged("own", "") == "challenge"
    assert judged("farm", "hall", "evt_06gvk2m1c8t4hq3f") == "allow"
