"""The journey's own judgement: which seats are neighbours and free, what was sold twice, what times mean."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

from local.journey import report
from local.journey.buyer import Bought
from local.journey.seating import Chart
from local.journey.site import Timings

CHART = {
    "sections": [
        {"key": "stalls", "rows": [{"seats": [{}] * 3}, {"seats": [{}] * 2}]},
        {"key": "floor", "capacity": 50},
    ]
}
"""Bits 0-2 and 3-4 are rows of the stalls; 5-52 and 53-54 the floor's two virtual rows."""


def bitmap(*free: int) -> str:
    bits = ["1" if i in free else "0" for i in range(56)]
    return base64.b64encode(int("".join(bits), 2).to_bytes(7, "big")).decode()


def neighbours(*free: int) -> list[list[str] | None]:
    return [Chart(CHART).neighbours(bitmap(*free), 2, random.Random(seed)) for seed in range(30)]


def test_neighbours_are_free_and_in_one_row() -> None:
    assert Chart(CHART).seat_count == 55
    assert neighbours(1, 2) == [["stalls-0-1", "stalls-0-2"]] * 30
    assert neighbours(2, 3) == [None] * 30
    assert neighbours(0, 2, 4) == [None] * 30
    assert neighbours(53, 54) == [["floor-1-0", "floor-1-1"]] * 30
    assert {tuple(pair or ()) for pair in neighbours(0, 1, 3, 4)} == {
        ("stalls-0-0", "stalls-0-1"),
        ("stalls-1-0", "stalls-1-1"),
    }


def bought(*seats: str, tickets: tuple[str, ...] = (), sent: float = 0, event: str = "evt_1") -> Bought:
    return Bought(event, seats, tickets or tuple(f"tkt_{event}{s}" for s in seats), sent, sent + 0.5)


def test_a_seat_or_a_ticket_sold_twice_is_seen() -> None:
    assert report.double_sold([bought("a", "b"), bought("c"), bought("a", event="evt_2")]) == 0
    assert report.double_sold([bought("a", "b"), bought("b", "c", tickets=("t1", "t2"))]) == 1
    assert report.double_sold([bought("a", tickets=("t1",)), bought("b", tickets=("t1",))]) == 1


def test_the_last_line() -> None:
    timings = Timings()
    for milliseconds in range(1, 101):
        timings.add("hold", milliseconds / 1000)
    timings.add("purchase", 0.5)
    summary: dict[str, Any] = json.loads(report.summary(3, [bought("a"), bought("b", sent=1.5)], timings))
    assert summary == {
        "buyers": 3,
        "completed": 2,
        "hold_p50_ms": 50.0,
        "hold_p99_ms": 99.0,
        "purchase_p50_ms": 500.0,
        "purchase_p95_ms": 500.0,
        "double_sold": 0,
        "orders_per_s": 1.0,
    }
    assert json.loads(report.summary(1, [], Timings()))["hold_p50_ms"] is None
