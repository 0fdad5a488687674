"""The chart: where every seat of a venue is, in a format of our own. Immutable, named by its own hash.

Coordinates are one plane for the whole venue, y downwards, about a decimetre each: neighbours sit some 5
apart. A section has either rows of at most 48 seats or, for general admission, a capacity, which stands for
virtual rows of 48 places. The order of seats (sections, rows, seats, as they stand here) is the order of the
bits in an availability bitmap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

ROW_SEATS_MAX = 48
"""A row item of the inventory holds 48 seats in one write unit; wider rows are split (DECISIONS.md)."""
ROWS_MAX = 10_000

Point = tuple[float, float]
X = Annotated[float, Meta(description="From left to right; neighbours sit some 5 apart.")]
Y = Annotated[float, Meta(description="From top to bottom.")]
Points = Annotated[list[Point], Meta(description="Corners in turn, each [x, y]; the last is joined to the first.")]


class Category(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a price is set for: seats of one category cost the same."""

    key: Annotated[str, Meta(description="What a price list calls it: lower case, digits, - and _; 32 at most.")]
    label: Annotated[str, Meta(description="What people read.")]
    color: Annotated[str, Meta(description="Six hex digits, such as #3b6fb6.")]


class Shape(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Scenery: a stage, a wall, a text (one point). Nothing that is sold."""

    kind: Annotated[str, Meta(description="stage, table, wall, text or whatever else it is.")]
    label: str
    points: Points


class Seat(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """`category` only where it differs from the section's."""

    label: Annotated[str, Meta(description="As it stands on the chair; one of its kind in the row.")]
    x: X
    y: Y
    category: Annotated[str | None, Meta(description="The key of a category, where it is not the section's.")] = None
    accessible: Annotated[bool, Meta(description="A place for a wheelchair.")] = False
    companion: Annotated[bool, Meta(description="For whoever comes with somebody in a wheelchair.")] = False
    restricted_view: Annotated[bool, Meta(description="The view is blocked in part; buyers are told.")] = False


class Row(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """At most 48 seats; the parts of a split row share its label. A table is a row around it."""

    label: Annotated[str, Meta(description="A, 12, Table 3, …")]
    seats: Annotated[list[Seat], Meta(description="From one end to the other: neighbours here are neighbours there.")]


class FocalPoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What everybody looks at; the best seats are the nearest."""

    x: X
    y: Y


class Section(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """A block of rows, or a general-admission area (`capacity`).

    `zone` groups sections that are far apart; `focal_point` is theirs where they look elsewhere.
    """

    key: Annotated[str, Meta(description="Begins the ids of its seats: lower case and digits, 16 at most.")]
    label: Annotated[str, Meta(description="What people read; one of its kind in the chart.")]
    category: Annotated[str, Meta(description="The key of the category that its seats are in.")]
    outline: Annotated[Points, Meta(description="For the overview; empty draws one around the seats.")]
    rows: Annotated[
        list[Row], Meta(description="Rows, or the tables of a banquet; a wide one is split into 48 each.")
    ] = []
    capacity: Annotated[
        int | None, Meta(description="General admission: how many may stand. Then there are no rows.")
    ] = None
    floor: Annotated[
        str | None, Meta(description="The storey; sections may lie above each other on different ones.")
    ] = None
    zone: str | None = None
    entrance: Annotated[str | None, Meta(description="The door to come by.")] = None
    focal_point: FocalPoint | None = None

    def row_sizes(self) -> list[int]:
        """How many seats each row item has; index = the row index in a seat id."""
        if self.capacity is None:
            return [len(row.seats) for row in self.rows]
        full, rest = divmod(self.capacity, ROW_SEATS_MAX)
        return [ROW_SEATS_MAX] * full + ([rest] if rest else [])

    @property
    def seat_count(self) -> int:
        return sum(len(row.seats) for row in self.rows) if self.capacity is None else self.capacity


class Chart(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A venue's seats in one setting."""

    name: str
    width: Annotated[float, Meta(description="Of the whole plane, about a decimetre a unit.")]
    height: float
    focal_point: FocalPoint
    categories: list[Category]
    shapes: list[Shape]
    sections: list[Section]

    @property
    def seat_count(self) -> int:
        return sum(section.seat_count for section in self.sections)


class Place(msgspec.Struct, frozen=True, gc=False):
    """A seat as people and prices see it; in general admission row and seat labels are empty."""

    seat_id: str
    section_key: str
    section: str
    row: str
    seat: str
    category: str
    accessible: bool = False
    companion: bool = False
    restricted_view: bool = False
    general_admission: bool = False


def seat_id(section_key: str, row_index: int, slot: int) -> str:
    """The address of a seat inside its chart: `stalls-3-17`."""
    return f"{section_key}-{row_index}-{slot}"


def seats(chart: Chart) -> Iterator[Place]:
    """Every seat in seat order: the i-th is bit i of an availability bitmap."""
    for section in chart.sections:
        for row_index, size in enumerate(section.row_sizes()):
            for slot in range(size):
                yield place(section, row_index, slot)


def place(section: Section, row_index: int, slot: int) -> Place:
    """The seat at this address of a section. Raises IndexError where a row has no such seat."""
    where = seat_id(section.key, row_index, slot)
    if section.capacity is not None:
        return Place(where, section.key, section.label, "", "", section.category, general_admission=True)
    row = section.rows[row_index]
    seat = row.seats[slot]
    return Place(
        seat_id=where,
        section_key=section.key,
        section=section.label,
        row=row.label,
        seat=seat.label,
        category=seat.category or section.category,
        accessible=seat.accessible,
        companion=seat.companion,
        restricted_view=seat.restricted_view,
    )


def encode(chart: Chart) -> bytes:
    """Canonical JSON: the same chart gives the same bytes, and so the same name."""
    return msgspec.json.encode(chart, order="sorted")


def hash_of(canonical: bytes) -> str:
    """The name of a chart: SHA-256 of its canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical).hexdigest()
