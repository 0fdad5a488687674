"""Row items against one item per seat with transactions: python -m tests.bench.layouts

The other layout lives here alone, so that the table in DECISIONS.md can be measured again. The emulator never
raises TransactionConflict: here a write is refused for an item that a transaction has in flight, and a
transaction for an item that anything has, which is when DynamoDB refuses them.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError

from inventory import rows, writes
from inventory.holding import place
from inventory.holds import Hold
from inventory.seats import Seat
from inventory.writes import Refused, Unanswered, send
from kit import clock, ids
from kit.errors import Problem
from local.cloud import LocalCloud
from pricing import quote
from tests import harness
from tests.inventory.house import PRICING

SHAPES = {"1": (1,), "2": (2,), "4": (4,), "2+2": (2, 2)}
"""Neighbours in each row."""
CLIENTS = (1, 16, 64)
HOLDS = 96
TRIES = writes.CONFLICTS_MAX
ROW_SEATS = 40
LIMIT = 8
LEASE = timedelta(minutes=10)
Buy = Callable[[str, Sequence[Seat]], None]


class Conflicting:
    """A client of DynamoDB that refuses what would be in conflict, and counts what is consumed."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._in_flight: Counter[tuple[str, bool]] = Counter()
        self.units = 0.0

    def update_item(self, **request: Any) -> Any:
        with self._writing([request["Key"]], transaction=False):
            return self._count(self._client.update_item(**request, ReturnConsumedCapacity="TOTAL"))

    def transact_write_items(self, **request: Any) -> Any:
        writes = [write for kinds in request["TransactItems"] for write in kinds.values()]
        keys = [{name: write.get("Key", write.get("Item"))[name] for name in ("pk", "sk")} for write in writes]
        with self._writing(keys, transaction=True):
            answer = self._client.transact_write_items(**request)
            self.units += 2 * len(keys)
            return answer

    @contextmanager
    def _writing(self, keys: Sequence[dict[str, Any]], *, transaction: bool) -> Iterator[None]:
        items = [json.dumps(key, sort_keys=True) for key in keys]
        with self._lock:
            if any(self._in_flight[item, True] or (transaction and self._in_flight[item, False]) for item in items):
                raise ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "write")
            self._in_flight.update((item, transaction) for item in items)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.subtract((item, transaction) for item in items)

    def _count(self, answer: Any) -> Any:
        self.units += answer["ConsumedCapacity"]["CapacityUnits"]
        return answer


def buy_rows(event_id: str) -> Buy:
    """The product's own: the person's claim, then the row."""

    def buy(person: str, seats: Sequence[Seat]) -> None:
        now = clock.now()
        until = now + LEASE
        seat_ids = [str(seat) for seat in seats]
        fare = quote(PRICING, [(seat_id, "best", "adult") for seat_id in seat_ids], until)
        place(Hold(ids.new("hld", now), person, event_id, seat_ids, until, until, now, fare, "", "bench"), LIMIT, now)

    return buy


def buy_seats(event_id: str) -> Buy:
    """One item per seat, and the person's, in one transaction."""

    def buy(person: str, seats: Sequence[Seat]) -> None:
        now = clock.now()
        values = {
            ":hold": {"S": ids.new("hld", now)},
            ":until": {"N": str(int((now + LEASE).timestamp() * 1000))},
            ":now": {"N": str(int(now.timestamp() * 1000))},
        }
        held = {
            "UpdateExpression": "SET holdId = :hold, leaseEndsAt = :until ADD version :one",
            "ConditionExpression": "#status = :free AND (attribute_not_exists(leaseEndsAt) OR leaseEndsAt < :now)",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {**values, ":free": {"S": "for sale"}, ":one": {"N": "1"}},
        }
        limited = {
            "UpdateExpression": "SET holdId = :hold, leaseEndsAt = :until, seatIds = :seats",
            "ConditionExpression": "attribute_not_exists(leaseEndsAt) OR leaseEndsAt < :now",
            "ExpressionAttributeValues": {**values, ":seats": {"SS": [str(seat) for seat in seats]}},
        }
        updates = [
            {**limited, **_address(f"P#{person}", event_id)},
            *({**held, **_address(f"T#{event_id}#{seat}", "seat")} for seat in seats),
        ]
        send("transact_write_items", {"TransactItems": [{"Update": update} for update in updates]})

    return buy


LAYOUTS = {"row items": buy_rows, "item per seat": buy_seats}


def main() -> None:
    measured: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory() as state_dir,
        LocalCloud.start(state_dir=Path(state_dir)) as cloud,
        harness.on(cloud),
    ):
        client = Conflicting(writes.client())
        with mock.patch("inventory.writes.client", lambda: client):
            for layout, shape in ((layout, shape) for layout in LAYOUTS for shape in SHAPES):
                for clients, attempts in ((1, TRIES), (16, TRIES), (64, TRIES), (64, 1)):
                    numbers = _run(LAYOUTS[layout], shape, clients, attempts, client)
                    name = f"{clients}" if attempts > 1 else f"{clients} without retries"
                    measured.setdefault(layout, {}).setdefault(shape, {})[name] = numbers
                    print(f"{layout}, {shape}, {name}: {json.dumps(numbers)}", flush=True)
    print(json.dumps(measured), flush=True)


def _run(layout: Callable[[str], Buy], shape: str, clients: int, attempts: int, client: Conflicting) -> dict[str, Any]:
    """Nobody wants what another does: whoever is refused is refused for nothing."""
    event_id = ids.new("evt", clock.now())
    wanted = _wanted(SHAPES[shape])
    _open(event_id, {seat for seats in wanted for seat in seats}, layout is buy_rows)
    buy = layout(event_id)
    refused: list[float] = []
    taken: list[float] = []

    def one(number: int) -> None:
        start = time.perf_counter()
        try:
            buy(f"{event_id}-{number}", wanted[number])
        except (Problem, Refused, Unanswered):
            refused.append(time.perf_counter() - start)
        else:
            taken.append(time.perf_counter() - start)

    before, start = client.units, time.perf_counter()
    with mock.patch.object(writes, "CONFLICTS_MAX", attempts), ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(len(wanted))))
    seconds = time.perf_counter() - start
    times = sorted(taken)
    return {
        "write_units": round((client.units - before) / max(len(taken), 1), 2),
        "ok_per_s": round(len(taken) / seconds, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "false_rejections": len(refused),
    }


def _wanted(widths: Sequence[int]) -> list[list[Seat]]:
    """Groups of neighbours in the same few rows."""
    each = ROW_SEATS // max(widths)
    return [
        [
            Seat("stalls", number // each * len(widths) + row, number % each * width + step)
            for row, width in enumerate(widths)
            for step in range(width)
        ]
        for number in range(HOLDS)
    ]


def _open(event_id: str, for_sale: set[Seat], by_row: bool) -> None:
    count = max(seat.row for seat in for_sale) + 1
    if by_row:
        rows.create(event_id, [("stalls", row, ROW_SEATS) for row in range(count)])
        return
    every = [Seat("stalls", row, slot) for row in range(count) for slot in range(ROW_SEATS)]
    for start in range(0, len(every), 25):
        puts = [
            {
                "PutRequest": {
                    "Item": {
                        **_address(f"T#{event_id}#{seat}", "seat")["Key"],
                        "status": {"S": "for sale" if seat in for_sale else "sold"},
                        "orderId": {"S": ids.new("ord", clock.now())},
                        "category": {"S": "best"},
                        "version": {"N": "0"},
                    }
                }
            }
            for seat in every[start : start + 25]
        ]
        writes.client()._client.batch_write_item(RequestItems={os.environ["TABLE_INVENTORY"]: puts})


def _address(pk: str, sk: str) -> dict[str, Any]:
    return {"TableName": os.environ["TABLE_INVENTORY"], "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}


if __name__ == "__main__":
    main()
