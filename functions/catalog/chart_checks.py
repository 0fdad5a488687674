"""Real charts are dirty. What can be mended is mended and said; what cannot is refused with its place.

`faults` finds what nobody can guess; `mend` takes a chart without faults and answers the chart that is kept,
together with everything it changed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from catalog import naming
from catalog.chart_rows import tidy_rows
from catalog.charts import ROWS_MAX, Category, Chart, FocalPoint, Point, Row, Section, Shape
from catalog.geometry import contains, hull_with_margin
from catalog.problems import ChartProblem, at

SEATS_MAX = 200_000
AREA_CAPACITY_MAX = 50_000
SECTIONS_MAX = 2_000
COORDINATE_MAX = 1_000_000
OUTLINE_MARGIN = 5.0
FRAME_MARGIN = 20.0
DIGITS_KEPT = 1
"""A tenth of a unit is a centimetre."""


def faults(chart: Chart) -> Iterator[ChartProblem]:
    """What keeps a chart from being mended and sold from."""
    if not chart.seat_count:
        yield ChartProblem("chart", "has no seats")
    if chart.seat_count > SEATS_MAX:
        yield ChartProblem("chart", f"has {chart.seat_count:,} seats; at most {SEATS_MAX:,} can be sold")
    if len(chart.sections) > SECTIONS_MAX:
        yield ChartProblem("chart", f"has {len(chart.sections):,} sections; at most {SECTIONS_MAX:,}")
    for category in chart.categories:
        if not re.fullmatch(naming.CATEGORY_KEY, category.key):
            yield ChartProblem(
                at(category.label), f"the category key {category.key!r} must match {naming.CATEGORY_KEY}"
            )
    for section in chart.sections:
        if section.capacity is not None and section.rows:
            yield ChartProblem(at(section.label), "has both rows and a general-admission capacity")
        if section.capacity is not None and not 1 <= section.capacity <= AREA_CAPACITY_MAX:
            yield ChartProblem(at(section.label), f"its capacity must be 1 to {AREA_CAPACITY_MAX:,}")
        if len(section.rows) > ROWS_MAX:
            yield ChartProblem(at(section.label), f"has more than {ROWS_MAX:,} rows")
    for path, (x, y) in [("width and height", (chart.width, chart.height)), *_points(chart)]:
        if not (_usable(x) and _usable(y)):
            yield ChartProblem(path, f"({x}, {y}) is no usable position")


def mend(chart: Chart) -> tuple[Chart, list[ChartProblem]]:
    """The chart as it will be kept, and everything that was changed to get there."""
    found: list[ChartProblem] = []
    chart = _rounded(chart)
    categories = _categories(chart, found)
    keys: set[str] = set()
    labels: set[str] = set()
    sections = []
    for number, section in enumerate(chart.sections, 1):
        section = _named(section, number, keys, labels, found)
        section = _categorised(section, categories, found)
        section = replace(section, rows=list(tidy_rows(section, found)))
        if not section.seat_count:
            found.append(ChartProblem(at(section.label), "the section has no seats", "left out"))
            continue
        sections.append(_outlined(section, found))
    used = {category for section in sections for category in _categories_in(section)}
    for unused in [category for key, category in categories.items() if key not in used]:
        found.append(ChartProblem(at(unused.label), "no seat is in this category", "left out"))
        del categories[unused.key]
    mended = replace(
        chart,
        name=naming.clean(chart.name) or "Chart",
        categories=list(categories.values()),
        shapes=[
            replace(shape, kind=naming.clean(shape.kind), label=naming.clean(shape.label))
            for shape in chart.shapes
            if shape.points
        ],
        sections=sections,
    )
    return _framed(mended, found), found


def _categories(chart: Chart, found: list[ChartProblem]) -> dict[str, Category]:
    categories: dict[str, Category] = {}
    for i, category in enumerate(chart.categories):
        if category.key in categories:
            found.append(ChartProblem(at(category.label), "the category is there twice", "left out"))
            continue
        if not naming.is_color(category.color):
            found.append(ChartProblem(at(category.label), f"{category.color!r} is no color", "given one"))
            category = replace(category, color=naming.color(i))
        categories[category.key] = replace(category, label=naming.clean(category.label) or category.key)
    return categories


def _named(section: Section, number: int, keys: set[str], labels: set[str], found: list[ChartProblem]) -> Section:
    label = naming.unique(naming.clean(section.label) or f"Section {number}", labels)
    if label != section.label:
        why = "has no label" if not naming.clean(section.label) else "its label is taken or not clean"
        found.append(ChartProblem(at(section.label or f"section {number}"), why, f"called {label!r}"))
    labels.add(label)
    key = section.key
    if not re.fullmatch(naming.SECTION_KEY, key) or key in keys:
        key = naming.section_key(key or label, keys)
        if section.key:
            found.append(ChartProblem(at(label), f"the key {section.key!r} is taken or malformed", f"now {key!r}"))
    keys.add(key)
    return replace(section, key=key, label=label)


def _categorised(section: Section, categories: dict[str, Category], found: list[ChartProblem]) -> Section:
    """Every category named is one of the chart's; a seat names its own only where it is not its section's."""
    category = section.category
    if category not in categories:
        category = naming.category_key(category or "general")
        label = naming.clean(section.category) or "General"
        categories.setdefault(category, Category(category, label, naming.color(len(categories))))
        found.append(ChartProblem(at(section.label), "has no known category", f"put into {label!r}"))
    unknown = {seat.category for row in section.rows for seat in row.seats if seat.category} - set(categories)
    if unknown:
        names = ", ".join(repr(name) for name in sorted(unknown, key=str))
        found.append(ChartProblem(at(section.label), f"seats of unknown category {names}", "put into the section's"))
    own = [
        (row, [seat.category if seat.category in categories else category for seat in row.seats])
        for row in section.rows
    ]
    counts = Counter(name for _, names in own for name in names)
    if counts and category not in counts:
        category = counts.most_common(1)[0][0]
    rows = [
        Row(
            row.label,
            [
                replace(seat, category=None if name == category else name)
                for seat, name in zip(row.seats, names, strict=True)
            ],
        )
        for row, names in own
    ]
    return replace(section, category=category, rows=rows)


def _categories_in(section: Section) -> set[str]:
    return {section.category} | {seat.category for row in section.rows for seat in row.seats if seat.category}


def _outlined(section: Section, found: list[ChartProblem]) -> Section:
    points = [(seat.x, seat.y) for row in section.rows for seat in row.seats]
    if len(section.outline) < 3:
        if not points:
            found.append(ChartProblem(at(section.label), "an area without seats needs an outline", "drawn as a square"))
            points = [(0.0, 0.0), (100.0, 100.0)]
        return replace(section, outline=_around(points))
    outline = _in_steps(section.outline)
    outside = sum(not contains(outline, point) for point in _in_steps(points))
    if not outside:
        return section
    found.append(ChartProblem(at(section.label), f"{outside} seats lie outside the outline", "outline widened"))
    return replace(section, outline=_around([*section.outline, *points]))


def _around(points: Sequence[Point]) -> list[Point]:
    return [(round(x, DIGITS_KEPT), round(y, DIGITS_KEPT)) for x, y in hull_with_margin(points, OUTLINE_MARGIN)]


def _in_steps(points: Sequence[Point]) -> list[Point]:
    """As whole numbers, so that a seat on the line stays on its side of it when the chart is moved."""
    return [(round(x * 10**DIGITS_KEPT), round(y * 10**DIGITS_KEPT)) for x, y in points]


def _framed(chart: Chart, found: list[ChartProblem]) -> Chart:
    """Everything inside width x height, moved by whole units and only if it was not."""
    points = [point for _, point in _points(chart)]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    if left >= 0 and top >= 0 and right <= chart.width and bottom <= chart.height:
        return chart
    if chart.width > 0:
        found.append(ChartProblem("chart", "parts lie outside its width and height", "framed anew"))
    width, height = right - math.floor(left) + 2 * FRAME_MARGIN, bottom - math.floor(top) + 2 * FRAME_MARGIN
    return replace(
        _moved(chart, FRAME_MARGIN - math.floor(left), FRAME_MARGIN - math.floor(top)),
        width=round(width, DIGITS_KEPT),
        height=round(height, DIGITS_KEPT),
    )


def _rounded(chart: Chart) -> Chart:
    """Before anything is measured, so that what fits once fits for ever."""
    return replace(_moved(chart, 0, 0), width=round(chart.width, DIGITS_KEPT), height=round(chart.height, DIGITS_KEPT))


def _moved(chart: Chart, dx: float, dy: float) -> Chart:
    def x(value: float) -> float:
        return round(value + dx, DIGITS_KEPT)

    def y(value: float) -> float:
        return round(value + dy, DIGITS_KEPT)

    def focal(point: FocalPoint) -> FocalPoint:
        return FocalPoint(x(point.x), y(point.y))

    def line(points: Iterable[Point]) -> list[Point]:
        return [(x(point[0]), y(point[1])) for point in points]

    def row(kept: Row) -> Row:
        return Row(kept.label, [replace(seat, x=x(seat.x), y=y(seat.y)) for seat in kept.seats])

    return replace(
        chart,
        focal_point=focal(chart.focal_point),
        shapes=[Shape(shape.kind, shape.label, line(shape.points)) for shape in chart.shapes],
        sections=[
            replace(
                section,
                outline=line(section.outline),
                rows=[row(kept) for kept in section.rows],
                focal_point=section.focal_point and focal(section.focal_point),
            )
            for section in chart.sections
        ],
    )


def _points(chart: Chart) -> Iterator[tuple[str, Point]]:
    yield "focal point", (chart.focal_point.x, chart.focal_point.y)
    for shape in chart.shapes:
        yield from ((at(shape.kind, shape.label), point) for point in shape.points)
    for section in chart.sections:
        yield from ((at(section.label), point) for point in section.outline)
        if section.focal_point:
            yield at(section.label, "focal point"), (section.focal_point.x, section.focal_point.y)
        for row in section.rows:
            for seat in row.seats:
                yield at(section.label, row.label, seat.label), (seat.x, seat.y)


def _usable(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= COORDINATE_MAX
