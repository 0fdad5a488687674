"""Holding without HTTP: the use case's own code against the tables, and what the table says it cost."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3

from inventory import rows, snapshots, writes
from inventory.hold_seats import BestAvailable, HoldRequest, hold_seats
from inventory.holding import place
from inventory.holds import HeldSeats, Hold
from inventory.seats import is_on_the_map
from inventory.snapshots import RowBits, bits_of
from kit import clock, ids
from kit.errors import Problem
from pricing import quote
from tests.bench.crowd import Outcome, Try
from tests.bench.wishes import Wish, house
from tests.inventory.house import PRICING

LIMIT = 8
EVENT = "BENCH_EVENT"
PROJECTED_EVERY_SECONDS = 0.25
CATEGORY = "best"
_units = threading.local()


def hold_named() -> Try:
    """Two seats by name: the person's claim and the row."""
    _count_units()
    event_id = os.environ[EVENT]

    def attempt(wish: Wish) -> Hold:
        now = clock.now()
        until = now + timedelta(minutes=10)
        fare = quote(PRICING, [(seat_id, CATEGORY, "adult") for seat_id in wish.seat_ids], until)
        seat_ids = list(wish.seat_ids)
        hold = Hold(ids.new("hld", now), wish.person, event_id, seat_ids, until, until, now, fare, "", "bench")
        return place(hold, LIMIT, now)

    return lambda wish: _timed(wish, attempt)


def hold_best() -> Try:
    """Two of the best: everything but HTTP."""
    _count_units()
    event_id = os.environ[EVENT]

    def attempt(wish: Wish) -> HeldSeats:
        return hold_seats(
            wish.person, HoldRequest(event_id, best_available=BestAvailable(2)), ("", "bench"), clock.now()
        )

    return lambda wish: _timed(wish, attempt)


def _timed(wish: Wish, attempt: Any) -> Outcome:
    _units.written = _units.read = 0.0
    start, cpu = time.perf_counter(), time.thread_time()
    try:
        hold = attempt(wish)
    except Problem as problem:
        seats, hold_id, word = problem.data.get("seatIds", []), "", problem.word
    except Exception as broken:  # noqa: BLE001  whatever it was, it is told with the run, as a refusal of nobody's making
        seats, hold_id, word = [], "", f"{type(broken).__name__}: {broken}"
    else:
        seats = hold.seat_ids if isinstance(hold, Hold) else [seat.seat_id for seat in hold.seats]
        hold_id, word = hold.hold_id, ""
    cpu = time.thread_time() - cpu
    return Outcome(wish, seats, hold_id, word, time.perf_counter() - start, cpu, _units.written, _units.read)


def _count_units() -> None:
    """Ask for the consumed capacity of every call; a refused write, of which the table tells none, costs one."""
    events = writes.client().meta.events
    events.register("provide-client-params.dynamodb", _ask)
    events.register("after-call.dynamodb", _add)


def _ask(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {**params, "ReturnConsumedCapacity": "TOTAL"}


def _add(model: Any, parsed: dict[str, Any], **_: Any) -> None:
    told = parsed.get("ConsumedCapacity", [])
    units = sum(one["CapacityUnits"] for one in (told if isinstance(told, list) else [told]))
    if model.name in ("GetItem", "Query", "BatchGetItem"):
        _units.read = getattr(_units, "read", 0.0) + units
    else:
        _units.written = getattr(_units, "written", 0.0) + (units or 1.0)


@contextmanager
def projecting(event_id: str) -> Iterator[None]:
    """The map follows the rows four times a second, as the stream's projector would have it."""
    done = threading.Event()
    thread = threading.Thread(target=_project, args=(event_id, done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _project(event_id: str, done: threading.Event) -> None:
    seen: dict[tuple[str, int], int] = {}
    while not done.wait(PROJECTED_EVERY_SECONDS):
        changed: dict[str, dict[int, RowBits]] = {}
        for (section, row), item in row_items(boto3.client("dynamodb"), os.environ["TABLE_INVENTORY"], event_id):
            version = int(item["ver"]["N"])
            if version > seen.get((section, row), 0):
                seen[section, row] = version
                slots = sorted(rows.values_of(item).items(), key=lambda entry: entry[0].slot)
                free = bits_of([is_on_the_map(value) for _, value in slots])
                changed.setdefault(section, {})[row] = RowBits(version, free)
        for section, newer in changed.items():
            snapshots.record(event_id, section, newer)


def row_items(dynamodb: Any, table: str, event_id: str) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """Every row of an event as it stands."""
    keys = [
        {"pk": {"S": f"R#{event_id}#{section.key}#{row}"}, "sk": {"S": rows.SK}}
        for section in house().sections
        for row in range(len(section.rows))
    ]
    answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
    for item in answer["Responses"][table]:
        _, _, section, row = item["pk"]["S"].split("#")
        yield (section, int(row)), item
