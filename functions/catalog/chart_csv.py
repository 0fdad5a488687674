"""Reads a table of seats (CSV) into our own chart format, and says what it could not take over.

Columns, in any order, by the names in its first line: `section`, `row`, `seat`, and if there are any `x`, `y`,
`category`, `floor`, `accessible`, `companion`, `restricted view`, `capacity`. A seat may be a list of ranges,
`1-10,12-16`, and a line with a capacity is a general-admission area. Seats without coordinates are laid out in
the order of the file, between those that have some. Commas, semicolons and tabs separate; decimals may have a comma
where it separates nothing.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from msgspec.structs import replace

from catalog import naming
from catalog.charts import Category, Chart, FocalPoint, Point, Row, Seat, Section
from catalog.drawing import PITCH, commonest_category, scale
from catalog.geometry import rectangle
from catalog.problems import ChartProblem, NotADrawing, at

REQUIRED = ("section", "row", "seat")
COLUMNS = (*REQUIRED, "x", "y", "category", "floor", "accessible", "companion", "restricted view", "capacity")
ALSO_CALLED = {
    "block": "section",
    "area": "section",
    "number": "seat",
    "seat number": "seat",
    "price category": "category",
    "wheelchair": "accessible",
    "restricted": "restricted view",
    "blocked view": "restricted view",
}
YES = ("1", "yes", "y", "true", "x")
RANGE = re.compile(r"\s*(\d{1,6})\s*[-–]\s*(\d{1,6})\s*")
RANGE_SEATS_MAX = 1_000
CAPACITY = re.compile(r"\d{1,9}")
ROW_GAP = 2 * PITCH
GAP = 6 * PITCH
"""Between sections."""


@dataclass
class _Block:
    """A section as the file tells it: rows in the order of their first mention, each seat with where it stands."""

    rows: dict[str, list[tuple[Seat, Point | None]]] = field(default_factory=dict)
    floor: str | None = None
    category: str = ""
    capacity: int | None = None


@dataclass(frozen=True)
class _Line:
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def path(self) -> str:
        return f"line {self.number}"


def read_csv(raw: bytes) -> tuple[Chart, list[ChartProblem]]:
    """The table as a chart, not yet mended. Raises NotADrawing where the first line does not name the columns."""
    reader = _Reader()
    reader.read(_text(raw, reader.found))
    return reader.chart(), reader.found


class _Reader:
    """One table being read, and what was found on the way."""

    def __init__(self) -> None:
        self.found: list[ChartProblem] = []
        self.blocks: dict[str, _Block] = {}
        self.keys: dict[str, str] = {}
        self.seen: set[tuple[str, str, str]] = set()

    def read(self, text: str) -> None:
        """Every line of the table."""
        for line in _lines(text, self.found):
            block = self.blocks.setdefault(naming.clean(line["section"]), _Block())
            block.floor = block.floor or line["floor"] or None
            category = self._category(line["category"])
            if line["capacity"]:
                self._area(block, line, category)
            elif not (line["row"] or line["seat"] or line["x"]):
                self.found.append(ChartProblem(line.path, "names no seat", "left out"))
            else:
                self._seats(block, line, category)

    def chart(self) -> Chart:
        """The sections in the order of the file, those without coordinates below the others."""
        drawn = [_between(row) for block in self.blocks.values() for row in block.rows.values()]
        rows = [[point for point in row if point] for row in drawn]
        placed = [point for row in rows for point in row]
        by = scale(rows, PITCH)
        left = min((x for x, _ in placed), default=0.0) * by
        top = max(y for _, y in placed) * by + GAP if placed else 0.0
        sections = []
        for label, block in self.blocks.items():
            section, top = _laid_out(label, block, by, (left, top))
            sections.append(section)
            if missing := sum(point is None for row in block.rows.values() for _, point in row):
                problem = f"{missing} seats have no position"
                self.found.append(ChartProblem(at(label), problem, "laid out in the order of the file"))
        categories = [Category(key, label, naming.color(n)) for n, (label, key) in enumerate(self.keys.items())]
        problem = "a table has neither focal point nor stage"
        self.found.append(ChartProblem("chart", problem, "the middle of its upper edge is taken"))
        return Chart("", 0, 0, _upper_edge(sections), categories, [], sections)

    def _area(self, block: _Block, line: _Line, category: str | None) -> None:
        if block.capacity is not None or not CAPACITY.fullmatch(line["capacity"]):
            why = "its section has a capacity already" if block.capacity is not None else "its capacity is no number"
            self.found.append(ChartProblem(line.path, f"{why} ({line['capacity']!r})", "left out"))
            return
        block.capacity, block.category = int(line["capacity"]), category or ""

    def _seats(self, block: _Block, line: _Line, category: str | None) -> None:
        labels = self._labels(line)
        position = self._position(line)
        section, row = naming.clean(line["section"]), naming.clean(line["row"])
        for number, label in enumerate(labels):
            if label and (section, row, label) in self.seen:
                again = f"the seat {at(section, row, label)} is there twice"
                self.found.append(ChartProblem(line.path, again, "left out"))
                continue
            self.seen.add((section, row, label))
            seat = Seat(
                label,
                0,
                0,
                category,
                accessible=line["accessible"].casefold() in YES,
                companion=line["companion"].casefold() in YES,
                restricted_view=line["restricted view"].casefold() in YES,
            )
            block.rows.setdefault(row, []).append((seat, position if number == 0 else None))

    def _labels(self, line: _Line) -> list[str]:
        """`1-10,12-16` as what it stands for; anything else as it is."""
        labels: list[str] = []
        for part in line["seat"].split(","):
            bounds = RANGE.fullmatch(part)
            if bounds is None:
                labels.append(naming.clean(part))
                continue
            first, last = int(bounds[1]), int(bounds[2])
            if not 0 <= last - first < RANGE_SEATS_MAX:
                problem = f"{part.strip()!r} is no range of at most {RANGE_SEATS_MAX:,} seats"
                self.found.append(ChartProblem(line.path, problem, "taken as a label"))
                labels.append(naming.clean(part))
                continue
            labels += [str(label) for label in range(first, last + 1)]
        return labels

    def _position(self, line: _Line) -> tuple[float, float] | None:
        if not line["x"] and not line["y"]:
            return None
        x, y = _number(line["x"]), _number(line["y"])
        if x is None or y is None:
            self.found.append(
                ChartProblem(line.path, f"({line['x']!r}, {line['y']!r}) is no position", "laid out instead")
            )
            return None
        return x, y

    def _category(self, label: str) -> str | None:
        label = naming.clean(label)
        if not label:
            return None
        if label not in self.keys:
            self.keys[label] = naming.category_key(label, set(self.keys.values()))
        return self.keys[label]


def _text(raw: bytes, found: list[ChartProblem]) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.append(ChartProblem("file", "is not in UTF-8", "read as Windows-1252"))
        return raw.decode("cp1252", errors="replace")


def _lines(text: str, found: list[ChartProblem]) -> Iterator[_Line]:
    """The table's lines by column. Raises NotADrawing."""
    if "\0" in text:
        raise NotADrawing("This is no text: it contains zero bytes.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        lines = ((reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
        table = [(number, cells) for number, cells in lines if any(cells)]
    except csv.Error as error:
        raise NotADrawing(f"This is no table: {error}.") from error
    names = [name.casefold().replace("_", " ") for name in (table[0][1] if table else [])]
    names = [name if ALSO_CALLED.get(name) in names else ALSO_CALLED.get(name, name) for name in names]
    missing = [column for column in REQUIRED if column not in names]
    if missing:
        raise NotADrawing(f"The first line names no column {' and no column '.join(missing)}.")
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            found.append(ChartProblem("file", f"the column {name!r} is of an unknown kind", "left out"))
        elif names.count(name) > 1:
            found.append(ChartProblem("file", f"the column {name!r} is there twice", "the last one is read"))
    for number, cells in table[1:]:
        yield _Line(number, dict(zip(names, _fitted(number, cells, names, found), strict=False)))


def _fitted(number: int, cells: list[str], names: list[str], found: list[ChartProblem]) -> list[str]:
    """A list of seats that nobody quoted was torn at its commas, and is one cell again."""
    last = max(place for place, cell in enumerate(cells, 1) if cell)
    beyond = [cell for cell in cells[len(names) :] if cell]
    if not beyond:
        return cells
    seat = names.index("seat")
    end = seat + 1 + last - len(names)
    torn = cells[seat:end]
    ranges = [part for part in torn if RANGE.fullmatch(part)]
    if ranges and all(part in ranges or part.isdecimal() for part in torn):
        whole = ",".join(torn)
        found.append(ChartProblem(f"line {number}", "has more cells than columns", f"{whole!r} taken as its seats"))
        return [*cells[:seat], whole, *cells[end:]]
    problem = f"has more cells than columns ({', '.join(map(repr, beyond))})"
    found.append(ChartProblem(f"line {number}", problem, "left out"))
    return cells


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _between(row: Sequence[tuple[Seat, Point | None]]) -> list[Point | None]:
    """Seats between two that have a position stand on the way, evenly; what ends such a row goes on like that."""
    points = [point for _, point in row]
    placed = [number for number, point in enumerate(points) if point]
    for first, last in pairwise(placed):
        one, other = points[first], points[last]
        assert one and other
        end = len(points) if last == placed[-1] and last - first > 1 else last
        for number in range(first + 1, end):
            share = (number - first) / (last - first)
            points[number] = (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)
    return points


def _laid_out(label: str, block: _Block, by: float, corner: Point) -> tuple[Section, float]:
    """The section, and how far down the next one without coordinates begins.

    A seat without a position stands beside the one before it; a row without any, below the row before it.
    """
    x, y = corner
    bottom = y
    rows = []
    for name, seats in block.rows.items():
        kept = []
        for (seat, _), point in zip(seats, _between(seats), strict=True):
            if point:
                x, y = point[0] * by, point[1] * by
            kept.append(replace(seat, x=x, y=y))
            x += PITCH
        rows.append(Row(name, kept))
        bottom = max(bottom, y)
        x, y = kept[0].x, y + ROW_GAP
    side = PITCH * math.sqrt(block.capacity or 0)
    outline = rectangle((corner[0] + side / 2, corner[1] + side / 2), side, side) if side else []
    category = block.category or commonest_category(rows)
    section = Section("", label, category, outline, rows, block.capacity, block.floor)
    return section, max(bottom, corner[1] + side) + GAP


def _upper_edge(sections: Sequence[Section]) -> FocalPoint:
    points = [(seat.x, seat.y) for section in sections for row in section.rows for seat in row.seats]
    points += [point for section in sections for point in section.outline] or [(0.0, 0.0)]
    xs, ys = zip(*points, strict=True)
    return FocalPoint((min(xs) + max(xs)) / 2, min(ys))
