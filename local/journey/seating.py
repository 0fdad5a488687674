"""Picking two seats next to each other from a chart and the availability bitmap, as the web client does."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from typing import Any

SLOTS_PER_ROW = 48


@dataclass(frozen=True)
class Row:
    """A row item of the chart: its seats are bits `first` … `first + size - 1` of the bitmap."""

    section: str
    index: int
    first: int
    size: int


class Chart:
    """The rows of a chart in the order of the bitmap: sections, rows, seats."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.rows: list[Row] = []
        first = 0
        for section in document["sections"]:
            for index, size in enumerate(_row_sizes(section)):
                self.rows.append(Row(section["key"], index, first, size))
                first += size
        self.seat_count = first

    def neighbours(self, bitmap: str, count: int, choice: random.Random) -> list[str] | None:
        """The ids of so many free seats side by side, from a random row on; None when there are none left."""
        raw = base64.b64decode(bitmap)
        free, bits = int.from_bytes(raw, "big"), len(raw) * 8
        start = choice.randrange(len(self.rows))
        for row in self.rows[start:] + self.rows[:start]:
            row_bits = free >> (bits - row.first - row.size) & ((1 << row.size) - 1)
            places = [slot for slot in range(row.size - count + 1) if _all_free(row_bits, row.size, slot, count)]
            if places:
                slot = choice.choice(places)
                return [f"{row.section}-{row.index}-{slot + i}" for i in range(count)]
        return None


def _all_free(row_bits: int, size: int, slot: int, count: int) -> bool:
    wanted = ((1 << count) - 1) << (size - slot - count)
    return row_bits & wanted == wanted


def _row_sizes(section: dict[str, Any]) -> list[int]:
    if "capacity" not in section:
        return [len(row["seats"]) for row in section["rows"]]
    full, rest = divmod(section["capacity"], SLOTS_PER_ROW)
    return [SLOTS_PER_ROW] * full + ([rest] if rest else [])
