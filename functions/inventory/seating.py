"""What best-available needs to know of a chart, worked out once: per row its seats' distances and kinds.

A row's bits are 48, the first seat's the highest, as in a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import hypot

from catalog import FocalPoint, Section
from catalog import Seat as ChartSeat
from inventory.neighbours import bit

AISLE_UNITS = 9
"""Neighbours sit some 5 units apart; a wider gap is an aisle."""


@dataclass(frozen=True)
class SeatingRow:
    """`distances` and `points`: of each seat; `sums`: of the distances before each. `joined`: see `neighbours`."""

    section: str
    index: int
    distances: Sequence[float]
    points: Sequence[tuple[float, float]]
    joined: int
    categories: dict[str, int]
    accessible: int
    companion: int
    general_admission: bool
    key: tuple[str, int] = field(init=False)
    nearest: float = field(init=False)
    sums: Sequence[float] = field(init=False)
    kept: int = field(init=False)
    """Made for wheelchairs and their companions: left to those who need them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.section, self.index))
        object.__setattr__(self, "nearest", min(self.distances))
        object.__setattr__(self, "sums", list(accumulate(self.distances, initial=0.0)))
        object.__setattr__(self, "kept", self.accessible | self.companion)


def seating(sections: Sequence[tuple[Section, FocalPoint]]) -> list[SeatingRow]:
    """All rows, the one with the best seat first."""
    rows = [row for section, focal_point in sections for row in _rows(section, focal_point)]
    return sorted(rows, key=lambda row: row.nearest)


def _rows(section: Section, focal_point: FocalPoint) -> list[SeatingRow]:
    if section.capacity is not None:
        return [_area_row(section, index, size, focal_point) for index, size in enumerate(section.row_sizes())]
    return [_row(section, index, focal_point) for index in range(len(section.rows))]


def _row(section: Section, index: int, focal_point: FocalPoint) -> SeatingRow:
    seats = section.rows[index].seats
    points = [(seat.x, seat.y) for seat in seats]
    together = [hypot(x2 - x1, y2 - y1) <= AISLE_UNITS for (x1, y1), (x2, y2) in pairwise(points)]
    categories: dict[str, int] = {}
    for slot, seat in enumerate(seats):
        category = seat.category or section.category
        categories[category] = categories.get(category, 0) | bit(slot)
    return SeatingRow(
        section=section.key,
        index=index,
        distances=[hypot(x - focal_point.x, y - focal_point.y) for x, y in points],
        points=points,
        joined=sum(bit(slot) for slot, joined in enumerate(together) if joined),
        categories=categories,
        accessible=_mask(seats, lambda seat: seat.accessible),
        companion=_mask(seats, lambda seat: seat.companion),
        general_admission=False,
    )


def _area_row(section: Section, index: int, size: int, focal_point: FocalPoint) -> SeatingRow:
    """In general admission every place is as good as the next: the middle of the area."""
    x = sum(point[0] for point in section.outline) / len(section.outline)
    y = sum(point[1] for point in section.outline) / len(section.outline)
    places = sum(bit(slot) for slot in range(size))
    return SeatingRow(
        section=section.key,
        index=index,
        distances=[hypot(x - focal_point.x, y - focal_point.y)] * size,
        points=[(x, y)] * size,
        joined=places,
        categories={section.category: places},
        accessible=0,
        companion=0,
        general_admission=True,
    )


def _mask(seats: Sequence[ChartSeat], wanted: Callable[[ChartSeat], bool]) -> int:
    return sum(bit(slot) for slot, seat in enumerate(seats) if wanted(seat))
