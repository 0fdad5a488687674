"""Mending rows: every seat of a section can be named by row and seat label, and no row item is too wide."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from msgspec.structs import replace

from catalog import naming
from catalog.charts import ROW_SEATS_MAX, Row, Seat, Section
from catalog.problems import ChartProblem, at

ASIDE = 10.0
MOVES_MAX = 100
LINE_SEATS_MIN = 3
"""Seats of a line, on average: fewer, and the row may just be curved."""


def tidy_rows(section: Section, found: list[ChartProblem]) -> Iterator[Row]:
    """The section's rows, mended and split; what was changed is added to `found`."""
    labels: dict[str, set[str]] = {}
    occupied: set[tuple[int, int]] = set()
    wide = 0
    for number, row in enumerate(_lined_up(section, found), 1):
        if not row.seats:
            found.append(ChartProblem(at(section.label, row.label), "the row is empty", "left out"))
            continue
        row = _named(section, row, number, labels, found)
        row = _seats_named(section, row, labels.get(row.label, set()), found)
        row = _moved_aside(section, row, occupied, found)
        labels.setdefault(row.label, set()).update(seat.label for seat in row.seats)
        wide += len(row.seats) > ROW_SEATS_MAX
        yield from _split(row)
    if wide:
        why = f"{wide} rows have more than {ROW_SEATS_MAX} seats"
        found.append(ChartProblem(at(section.label), why, "each kept as parts with the same label"))


def _lined_up(section: Section, found: list[ChartProblem]) -> Iterator[Row]:
    """A row without a label that stands in several lines is as many rows: its exporter knew of none."""
    for row in section.rows:
        lines: dict[int, list[Seat]] = {}
        for seat in row.seats:
            lines.setdefault(math.floor(seat.y + 0.5), []).append(seat)
        if naming.clean(row.label) or len(lines) == 1 or len(lines) * LINE_SEATS_MIN > len(row.seats):
            yield row
            continue
        problem = f"{len(row.seats)} seats in {len(lines)} lines have no row"
        found.append(ChartProblem(at(section.label), problem, "each line taken as a row"))
        for _, seats in sorted(lines.items()):
            yield Row("", sorted(seats, key=lambda seat: seat.x))


def _named(section: Section, row: Row, number: int, labels: dict[str, set[str]], found: list[ChartProblem]) -> Row:
    """Two rows may share a label (parts of one row), but not a label and a seat's label."""
    label = naming.clean(row.label)
    if not label:
        label = naming.unique(str(number), labels)
        found.append(ChartProblem(at(section.label, f"row {number}"), "has no label", f"called {label!r}"))
    elif labels.get(label, set()) & {naming.clean(seat.label) for seat in row.seats}:
        label = naming.unique(label, labels)
        why = "another row has the same label and seats"
        found.append(ChartProblem(at(section.label, row.label), why, f"called {label!r}"))
    return Row(label, row.seats)


def _seats_named(section: Section, row: Row, taken: set[str], found: list[ChartProblem]) -> Row:
    """Every seat of a row gets a label of its own; a new one counts on from the row's highest number.

    `taken` are the labels in other parts of the same row.
    """
    taken = set(taken)
    labels = taken | {seat.label for seat in row.seats}
    following = max((int(label) for label in labels if re.fullmatch(r"[0-9]{1,6}", label)), default=0) + 1
    seats: list[Seat] = []
    renamed: list[str] = []
    for seat in row.seats:
        label = naming.clean(seat.label)
        if not label or label in taken:
            renamed.append(f"{label!r} to {str(following)!r}")
            label, following = str(following), following + 1
        taken.add(label)
        seats.append(seat if label == seat.label else replace(seat, label=label))
    if renamed:
        repair = "renamed " + ", ".join(renamed)
        found.append(ChartProblem(at(section.label, row.label), "seats have no label, or share one", repair))
    return Row(row.label, seats)


def _moved_aside(section: Section, row: Row, occupied: set[tuple[int, int]], found: list[ChartProblem]) -> Row:
    """A row on top of another one (mostly a copied table) moves to its right, where it can be seen."""
    xs = [seat.x for seat in row.seats]
    step = max(xs) - min(xs) + ASIDE
    moves = 0
    while moves < MOVES_MAX and _covered(row, moves * step, occupied):
        moves += 1
    if moves:
        row = Row(row.label, [replace(seat, x=seat.x + moves * step) for seat in row.seats])
        found.append(ChartProblem(at(section.label, row.label), "lies on top of another row", "moved aside"))
    occupied.update(_cell(seat.x, seat.y) for seat in row.seats)
    return row


def _covered(row: Row, shift: float, occupied: set[tuple[int, int]]) -> bool:
    hits = sum(_cell(seat.x + shift, seat.y) in occupied for seat in row.seats)
    return 2 * hits > len(row.seats)


def _cell(x: float, y: float) -> tuple[int, int]:
    """Halves go up, not to the even number: a chart moved by whole units keeps its seats apart as they were."""
    return math.floor(x + 0.5), math.floor(y + 0.5)


def _split(row: Row) -> Iterator[Row]:
    """Parts as even as can be, so that neighbours are rarely torn."""
    parts = -(-len(row.seats) // ROW_SEATS_MAX)
    size = -(-len(row.seats) // parts)
    for start in range(0, len(row.seats), size):
        yield Row(row.label, row.seats[start : start + size])
