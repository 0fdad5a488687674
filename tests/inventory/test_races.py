"""Many buyers at once, on the local cloud: one winner a seat, all seats or none, nobody refused for free seats.

A race test counts only because it fails without the condition: the control run shows the oversell.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import boto3
import pytest

from inventory import claims, rows, writes
from inventory.claims import Claim
from inventory.holding import place
from inventory.holds import Hold
from inventory.problems import LimitExceeded, SeatsUnavailable
from inventory.seats import FREE, Seat, held
from kit import clock, ids, settings
from kit.errors import Busy
from local.cloud import LocalCloud
from pricing import quote
from tests import harness
from tests.inventory.house import PRICING

EVENT = "evt_0000000000000001"
BUYERS = 32
LIMIT = 8


@pytest.fixture(autouse=True)
def _on_the_cloud(local_cloud: LocalCloud) -> Iterator[None]:
    with harness.on(local_cloud):
        writes.client()
        rows.create(EVENT, [("stalls", row, 48) for row in range(4)])
        yield


def a_hold(person_id: str, seats: Sequence[Seat], now: datetime) -> Hold:
    until = now + timedelta(minutes=10)
    seat_ids = [str(seat) for seat in seats]
    fare = quote(PRICING, [(seat_id, "best", "adult") for seat_id in seat_ids], until)
    return Hold(ids.new("hld", now), person_id, EVENT, seat_ids, until, until, now, fare, "", "asked")


def all_at_once(wants: Sequence[tuple[str, Sequence[Seat]]]) -> list[Hold | str]:
    """Place a hold for each (person, seats), all starting together; answers the hold or the problem's word."""
    ready = threading.Barrier(len(wants))

    def buy(want: tuple[str, Sequence[Seat]]) -> Hold | str:
        now = clock.now()
        hold = a_hold(*want, now)
        ready.wait(timeout=30)
        try:
            return place(hold, LIMIT, now)
        except (SeatsUnavailable, LimitExceeded, Busy) as problem:
            return problem.word

    with ThreadPoolExecutor(len(wants)) as pool:
        return list(pool.map(buy, wants))


def holders() -> dict[Seat, bytes]:
    """Every seat's value, read consistently."""
    table = settings.env("TABLE_INVENTORY")
    items = boto3.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    return {seat: value for item in items if rows.is_row(item) for seat, value in rows.values_of(item).items()}


def torn_or_twice(outcomes: Sequence[Hold | str]) -> int:
    """Seats that a buyer was promised and does not have."""
    there = holders()
    return sum(
        there[Seat(section, int(row), int(slot))] != held(hold.hold_id, hold.held_until)
        for hold in outcomes
        if isinstance(hold, Hold)
        for section, row, slot in (seat_id.split("-") for seat_id in hold.seat_ids)
    )


def test_nobody_is_refused_for_a_strangers_write_in_the_same_row() -> None:
    outcomes = all_at_once([(f"p{slot}", [Seat("stalls", 0, slot)]) for slot in range(48)])
    assert [hold for hold in outcomes if isinstance(hold, str)] == []
    assert torn_or_twice(outcomes) == 0


def test_one_winner_for_seats_that_everybody_wants() -> None:
    wanted = [Seat("stalls", 0, 3), Seat("stalls", 0, 4)]
    outcomes = all_at_once([(f"p{number}", wanted) for number in range(BUYERS)])
    winners = [hold for hold in outcomes if isinstance(hold, Hold)]
    assert len(winners) == 1
    assert {word for word in outcomes if isinstance(word, str)} == {"seats-unavailable"}
    assert torn_or_twice(outcomes) == 0


def test_without_the_condition_seats_are_sold_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "TAKE", "{seat} <> :asker OR {seat} < :now OR {seat} >= :lease OR {seat} = :held")
    wanted = [Seat("stalls", 0, 3), Seat("stalls", 0, 4)]
    outcomes = all_at_once([(f"p{number}", wanted) for number in range(BUYERS)])
    assert len([hold for hold in outcomes if isinstance(hold, Hold)]) > 1
    assert torn_or_twice(outcomes) > 0


def test_across_rows_all_or_none() -> None:
    """Each wants one seat in each of two rows out of a few: a loser holds nothing, so what is held adds up."""
    dice = random.Random(20300504)
    wants = [
        (f"p{number}", [Seat("stalls", 1, dice.randrange(12)), Seat("stalls", 2, dice.randrange(12))])
        for number in range(BUYERS)
    ]
    outcomes = all_at_once(wants)
    winners = [hold for hold in outcomes if isinstance(hold, Hold)]
    assert winners
    assert torn_or_twice(outcomes) == 0
    taken = {seat for seat, value in holders().items() if value != FREE}
    assert len(taken) == 2 * len(winners)
    refused = [set(seats) for (_, seats), outcome in zip(wants, outcomes, strict=True) if outcome not in winners]
    assert all(seats & taken for seats in refused)


@pytest.mark.parametrize("seats_each", [1, 8])
def test_parallel_requests_of_one_person_never_pass_the_limit(seats_each: int) -> None:
    """Each for other seats: they replace one another, and at rest one hold is left."""
    outcomes, most = twenty_of_one_person(seats_each)
    assert most <= LIMIT
    assert any(isinstance(outcome, Hold) for outcome in outcomes)
    claim = claims.load("ada", EVENT)
    assert claim is not None
    last = claims.hold_of(claim)
    taken = {str(seat) for seat, value in holders().items() if value[:6] > bytes(6)}
    assert taken == set(last.seat_ids)


@pytest.mark.parametrize("seats_each", [1, 8])
def test_without_the_claims_condition_they_pass_it(monkeypatch: pytest.MonkeyPatch, seats_each: int) -> None:
    raise_claim, anything = claims._claim, Claim.pk.exists() | Claim.pk.does_not_exist()
    monkeypatch.setattr(claims, "_claim", lambda hold, limit, turn, _: raise_claim(hold, limit, turn, anything))
    assert twenty_of_one_person(seats_each)[1] > LIMIT


def twenty_of_one_person(seats_each: int) -> tuple[list[Hold | str], int]:
    """Twenty requests at once, and the most seats that were ever taken."""
    slots = iter(range(20 * seats_each))
    wants = [
        ("ada", [Seat("stalls", slot // 48, slot % 48) for slot in (next(slots) for _ in range(seats_each))])
        for _ in range(20)
    ]
    over: list[int] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(lambda: over.append(_count_taken()), done))
    watcher.start()
    outcomes = all_at_once(wants)
    done.set()
    watcher.join(timeout=30)
    return outcomes, max(*over, _count_taken())


def _count_taken() -> int:
    return sum(value[:6] > bytes(6) for value in holders().values())


def _watch(look: Callable[[], None], done: threading.Event) -> None:
    look()
    while not done.wait(timeout=0.02):
        look()
