"""A stream of seat changes, replayed into the projector at a given rate, as Lambda reads a table's shards."""

from __future__ import annotations

import base64
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from inventory import project_seats, sales
from inventory.seats import FREE, held, sold
from kit import clock, ids, settings
from local.mends import STREAM_POLL_SECONDS
from tests import harness
from tests.bench.units import metered

SHARDS = 4
"""What a new on-demand table has: 4,000 write units a second."""
SEATS = 2
"""That change with a record."""
BATCH_MAX = 500
"""As the wiring has it."""
LEASE = timedelta(minutes=10)
LATE_SECONDS_MAX = 60
Row = tuple[str, int, int]
"""Section, index, seats."""


@dataclass(frozen=True)
class Replayed:
    """What one or all shards needed. `lags`: seconds from a change to the end of the batch that projected it."""

    lags: list[float]
    """One a record."""
    cpu_seconds: float
    batches: int
    units: Counter[str]

    def __add__(self, other: Replayed) -> Replayed:
        return Replayed(
            self.lags + other.lags,
            self.cpu_seconds + other.cpu_seconds,
            self.batches + other.batches,
            self.units + other.units,
        )


def replay(event_id: str, rows: Sequence[Row], records_per_second: int, seconds: int) -> Replayed:
    """Each shard in a process of its own with its share of the rows. The environment names the tables."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(SHARDS)
    with spawn.Pool(SHARDS, _prepare, (ready,)) as pool:
        shares = [
            (event_id, list(rows[number::SHARDS]), records_per_second // SHARDS, seconds) for number in range(SHARDS)
        ]
        parts = pool.starmap_async(_shard, shares, chunksize=1).get(timeout=seconds + LATE_SECONDS_MAX + 60)
    return sum(parts[1:], parts[0])


_ready: Any = None


def _prepare(ready: Any) -> None:
    global _ready
    _ready = ready


def _shard(event_id: str, rows: Sequence[Row], per_second: int, seconds: int) -> Replayed:
    records = list(_records(event_id, rows, per_second * seconds))
    settings.start()
    sales.known_event(event_id, clock.now())
    settings.client("sqs")
    lags: list[float] = []
    batches, cpu, sent = 0, 0.0, 0
    with metered() as units:
        _ready.wait(timeout=LATE_SECONDS_MAX)
        began = time.perf_counter()
        while sent < len(records):
            due = min(int((time.perf_counter() - began) * per_second), len(records))
            while sent < due:
                batch = records[sent : min(sent + BATCH_MAX, due)]
                worked = time.process_time()
                project_seats.handler({"Records": batch}, harness.CONTEXT)
                cpu += time.process_time() - worked
                done = time.perf_counter() - began
                lags += [done - (sent + number) / per_second for number in range(len(batch))]
                sent, batches = sent + len(batch), batches + 1
            time.sleep(STREAM_POLL_SECONDS)
    return Replayed(lags, cpu, batches, units)


def _records(event_id: str, rows: Sequence[Row], count: int) -> Iterator[dict[str, Any]]:
    """Two neighbours each: every second record holds a free pair, the others sell a held one or give it back."""
    chance = random.Random(f"{event_id}{rows[0]}")
    images: dict[Row, dict[str, Any]] = {row: _new_row(event_id, row) for row in rows}
    free = [(row, slot) for row in rows for slot in range(0, row[2] - 1, 2)]
    chance.shuffle(free)
    taken: list[tuple[Row, int]] = []
    until = clock.now() + LEASE
    for number in range(count):
        hold_id = ids.derived("hld", event_id, str(number))
        if number % 2 == 0:
            row, slot = free.pop()
            taken.append((row, slot))
            value = held(hold_id, until)
        else:
            row, slot = taken.pop(chance.randrange(len(taken)))
            value = chance.choice([FREE, sold(ids.derived("ord", hold_id))])
        before = images[row]
        version = {"ver": {"N": str(int(before["ver"]["N"]) + 1)}}
        images[row] = before | version | {f"s{each}": _binary(value) for each in (slot, slot + 1)}
        yield {"eventName": "MODIFY", "dynamodb": {"NewImage": images[row], "OldImage": before}}


def _new_row(event_id: str, row: Row) -> dict[str, Any]:
    section, index, size = row
    key = {"pk": {"S": f"R#{event_id}#{section}#{index}"}, "sk": {"S": "row"}, "ver": {"N": "0"}}
    return key | {f"s{slot}": _binary(FREE) for slot in range(size)}


def _binary(value: bytes) -> dict[str, str]:
    return {"B": base64.b64encode(value).decode()}
