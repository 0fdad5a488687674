"""Sections that lie over each other on one floor: nothing can be mended there, so it is only said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from catalog.charts import Chart, Point, Section
from catalog.geometry import contains
from catalog.problems import ChartProblem, at

SAME_SPOT = 2.5
"""Half of what neighbours sit apart: nearer than this, two people would share a chair."""
ONE_CHAIR = 0.1
"""In one section chairs may stand closer, as around a table, but not on each other."""
NAMED_MAX = 3


def overlaps(chart: Chart) -> Iterator[ChartProblem]:
    """Sections with seats on one spot, of their own or of another, or with seats inside a general-admission area.

    Outlines alone may cross: the one around a curved section holds its neighbours' corners.
    """
    floors: dict[str, list[Section]] = {}
    for section in chart.sections:
        floors.setdefault(section.floor or "", []).append(section)
    for sections in floors.values():
        yield from _areas(sections)
        yield from _seats(sections)


def _areas(sections: Sequence[Section]) -> Iterator[ChartProblem]:
    areas = [section for section in sections if section.capacity is not None]
    for area in areas:
        for section in sections:
            inside = sum(contains(area.outline, point) for point in _in_box(area.outline, _points(section)))
            if inside:
                yield ChartProblem(at(section.label), f"overlaps {area.label!r}: {inside} of its seats stand in there")
    for one, other in combinations(areas, 2):
        if any(contains(one.outline, point) for point in other.outline) or any(
            contains(other.outline, point) for point in one.outline
        ):
            yield ChartProblem(at(other.label), f"overlaps {one.label!r}: both are general admission")


def _seats(sections: Sequence[Section]) -> Iterator[ChartProblem]:
    """By cells of a grid as wide as a chair: only seats of one cell or of cells side by side can be on one spot."""
    taken: dict[tuple[int, int], list[tuple[Section, Point]]] = {}
    found: dict[tuple[str, str], list[str]] = {}
    for section in sections:
        for row in section.rows:
            for seat in row.seats:
                column, line = int(seat.x // SAME_SPOT), int(seat.y // SAME_SPOT)
                near = ((column + dx, line + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
                for other, (x, y) in (there for cell in near for there in taken.get(cell, ())):
                    apart = ONE_CHAIR if other is section else SAME_SPOT
                    if (seat.x - x) ** 2 + (seat.y - y) ** 2 < apart**2:
                        found.setdefault((section.label, other.label), []).append(f"{row.label} {seat.label}")
                        break
                taken.setdefault((column, line), []).append((section, (seat.x, seat.y)))
    for (label, other_label), places in found.items():
        shown = ", ".join(places[:NAMED_MAX]) + (", …" if len(places) > NAMED_MAX else "")
        whom = "itself" if other_label == label else repr(other_label)
        yield ChartProblem(at(label), f"overlaps {whom}: {len(places)} seats on one spot ({shown})")


def _points(section: Section) -> list[Point]:
    return [(seat.x, seat.y) for row in section.rows for seat in row.seats]


def _in_box(outline: Sequence[Point], points: Sequence[Point]) -> Iterator[Point]:
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    top, bottom = min(y for _, y in outline), max(y for _, y in outline)
    return ((x, y) for x, y in points if left <= x <= right and top <= y <= bottom)
