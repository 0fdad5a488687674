"""Several processes and threads on the local cloud, each writing down what it was told: could one seat have told it?"""

from __future__ import annotations

import math
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest import mock

import pytest

from inventory import pin_hold, rows, sales, writes
from inventory.holding import place
from inventory.holds import Hold
from inventory.problems import HoldExpired, HoldThrottled, PurchaseInProgress, SeatsLost, SeatsUnavailable
from inventory.purchase import Purchase
from inventory.release_hold import release_hold
from inventory.seats import Seat
from inventory.sell_seats import sell_seats
from inventory.writes import NotWritten
from kit import clock, ids
from kit.errors import Busy, NotFound
from kit.table import Transaction
from local.cloud import LocalCloud
from pricing import quote
from tests import harness
from tests.inventory.conflicts import conflicting
from tests.inventory.house import PRICING
from tests.inventory.test_races import holders
from tests.simulation.history import History

EVENT = "evt_0000000000000002"
PROCESSES, BUYERS, ASKS = 3, 5, 8
ALL_SECONDS_MAX = 120
SEATS = [Seat("stalls", row, slot) for row in range(2) for slot in range(4)]

Told = tuple[str, Hold, list[str], str, float, float]
"""What was asked for, of which hold, for which seats, by which order, and when: from, to."""


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Begun afresh, not forked from threads that may hold a lock; the death of one is told at once."""
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(autouse=True)
def _on_the_cloud(local_cloud: LocalCloud) -> Iterator[None]:
    with harness.on(local_cloud):
        writes.client()
        rows.create(EVENT, [("stalls", row, 4) for row in range(2)])
        yield


@pytest.mark.parametrize("seed", [1, 2])
def test_every_seat_has_a_history_that_one_seat_can_have(processes: ProcessPoolExecutor, seed: int) -> None:
    told = everybody(processes, seed, rows.TAKE)
    kinds = {kind for kind, *_ in told}
    assert {"take", "refused"} <= kinds
    assert history(told).impossible() == []


def test_without_the_condition_no_seat_has(processes: ProcessPoolExecutor) -> None:
    anything = f"{{seat}} = :held OR {{seat}} <> :held OR {rows.UNCLAIMED}"
    assert history(everybody(processes, 1, anything)).impossible()


def everybody(processes: ProcessPoolExecutor, seed: int, take: str) -> list[Told]:
    """All of them at once, in several processes; their watch is the machine's. `take`: when a seat may be held."""
    jobs = [(dict(os.environ), take, seed, number) for number in range(PROCESSES)]
    parts = processes.map(some, jobs, timeout=ALL_SECONDS_MAX)
    return [one for told in parts for one in told]


def some(asked: tuple[dict[str, str], str, int, int]) -> list[Told]:
    """The buyers of one process, in which transactions conflict as DynamoDB's do."""
    environment, take, seed, number = asked
    told: list[Told] = []
    with (
        mock.patch.dict("os.environ", environment),
        mock.patch.object(rows, "TAKE", take),
        mock.patch.object(sales, "check_stands", lambda _: None),  # the catalog has no such event
        conflicting(),
        ThreadPoolExecutor(BUYERS) as pool,
    ):
        harness.forget_clients()
        harness.prepare_clients()
        writes.client()
        together = threading.Barrier(BUYERS)
        buyers = [partial(buy, f"p{number}-{one}", random.Random(f"{seed}/{number}/{one}")) for one in range(BUYERS)]
        for done in [pool.submit(one, told.append, together) for one in buyers]:
            done.result(timeout=ALL_SECONDS_MAX)
    return told


def buy(person: str, dice: random.Random, tell: Callable[[Told], Any], together: threading.Barrier) -> None:
    """Holds, gives back, now and then buys."""
    together.wait(timeout=30)
    for _ in range(ASKS):
        seats = [str(seat) for seat in dice.sample(SEATS, dice.choice([1, 1, 2, 3]))]
        now = clock.now()
        until = now + timedelta(minutes=10)
        fare = quote(PRICING, [(seat, "best", "adult") for seat in seats], until)
        asked = Hold(ids.new("hld", now), person, EVENT, seats, until, until, now, fare, "", "asked")
        begin = time.monotonic()
        try:
            hold = place(asked, 8, now)
        except SeatsUnavailable as taken:
            tell(("refused", asked, taken.data["seatIds"], "", begin, time.monotonic()))
            continue
        except Busy as busy:
            unsure = isinstance(busy.__cause__, NotWritten) and not busy.__cause__.certain
            if unsure:
                tell(("perhaps", asked, seats, "", begin, time.monotonic()))
            continue
        except (HoldThrottled, PurchaseInProgress):
            continue
        tell(("take", hold, seats, "", begin, time.monotonic()))
        match dice.choice(["keep", "give back", "give back", "give back", "give back", "buy"]):
            case "give back":
                _give_back(hold, tell)
            case "buy":
                _buy(hold, tell)


def _give_back(hold: Hold, tell: Callable[[Told], Any]) -> None:
    begin = time.monotonic()
    try:
        release_hold(hold.person_id, hold.hold_id, clock.now())
    except (Busy, NotFound):
        return
    tell(("give back", hold, hold.seat_ids, "", begin, time.monotonic()))


def _buy(hold: Hold, tell: Callable[[Told], Any]) -> None:
    now = clock.now()
    order_id, deadline = ids.new("ord", now), now + timedelta(minutes=15)
    begin = time.monotonic()
    transaction = Transaction()
    pin_hold(transaction, hold, order_id, deadline, now)
    purchase = Purchase(order_id, EVENT, hold.person_id, hold.hold_id, hold.seat_ids, deadline)
    try:
        transaction.commit()
        sell_seats(purchase, clock.now())
    except (HoldExpired, SeatsLost):
        return
    except Busy:
        tell(("sell", hold, hold.seat_ids, order_id, begin, math.inf))
        return
    tell(("sell", hold, hold.seat_ids, order_id, begin, time.monotonic()))


def history(told: list[Told]) -> History:
    """As the checker wants it; leases do not end so soon."""
    zero = datetime.fromtimestamp(time.time() - time.monotonic(), clock.now().tzinfo)
    seen = History(zero)
    for kind, hold, seats, order, begin, end in told:
        match kind:
            case "take":
                seen.held(hold, begin, end)
            case "refused":
                seen.refused(hold, seats, begin, end)
            case "perhaps":
                seen.perhaps_held(hold, begin)
            case _:
                seen.did(kind, hold.person_id, hold.hold_id, order, seats, begin, end)
    seen.at_rest(holders(), time.monotonic())
    return seen
