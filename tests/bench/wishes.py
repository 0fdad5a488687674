"""Who wants which seats: the workloads of the benches."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog import Chart, FocalPoint, Row, Seat, Section
from catalog.charts import Category

ROW_SEATS = 40
ROWS = 60
HOT_SEATS = 50
SAME_ROWS = 8
WORKLOADS = ("spread", "neighbours", "hot", "best_available")


@dataclass(frozen=True)
class Wish:
    """Two seats: these, or the best."""

    person: str
    seat_ids: Sequence[str] = ()

    def body(self) -> dict[str, Any]:
        return {"seatIds": list(self.seat_ids)} if self.seat_ids else {"bestAvailable": {"quantity": 2}}


def house(rows: int = ROWS, sections: int = 4, name: str = "Bench") -> Chart:
    """Sections of 40-seat rows, side by side before the stage."""
    each = rows // sections
    return Chart(
        name=name,
        width=sections * 220.0,
        height=each * 9.0,
        focal_point=FocalPoint(sections * 110.0, 0),
        categories=[Category("best", "Best", "#336699")],
        shapes=[],
        sections=[_section(number, each) for number in range(sections)],
    )


def wishes(workload: str, people: Sequence[str], seed: int) -> list[Wish]:
    """A wish a person; those of `spread`, in no order, and of `neighbours`, eight rows after eight, never overlap."""
    dice = random.Random(seed)
    if workload == "best_available":
        return [Wish(person) for person in people]
    if workload == "hot":
        hot = [(0, slot) for slot in range(HOT_SEATS // 2)] + [(1, slot) for slot in range(HOT_SEATS // 2)]
        first = [place for place in hot if place[1] < HOT_SEATS // 2 - 1]
        return [Wish(person, _pair(*dice.choice(first))) for person in people]
    together = SAME_ROWS if workload == "neighbours" else ROWS
    pairs = [
        _pair(row, slot)
        for first in range(0, ROWS, together)
        for slot in range(0, ROW_SEATS, 2)
        for row in range(first, min(first + together, ROWS))
    ]
    if workload == "spread":
        dice.shuffle(pairs)
    return [Wish(person, pair) for person, pair in zip(people, pairs, strict=False)]


def _pair(row: int, slot: int) -> list[str]:
    section, index = divmod(row, ROWS // 4)
    return [f"block{section}-{index}-{slot}", f"block{section}-{index}-{slot + 1}"]


def _section(number: int, rows: int) -> Section:
    left, right = number * 220.0, number * 220.0 + 200
    return Section(
        key=f"block{number}",
        label=f"Block {number + 1}",
        category="best",
        outline=[(left, 0), (right, 0), (right, rows * 9.0), (left, rows * 9.0)],
        rows=[
            Row(str(row + 1), [Seat(str(seat + 1), left + 5 * seat, 9.0 * row + 5) for seat in range(ROW_SEATS)])
            for row in range(rows)
        ],
    )
