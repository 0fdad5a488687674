"""Reads a seating plan of pretix into our own format, and says what it could not take over.

Its zones become sections. A place is relative to its row, a row to its zone. The format is the one that
pretix publishes as `seating-plan.schema.json`.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import msgspec

from catalog import naming
from catalog.charts import Category, Chart, FocalPoint, Point, Row, Seat, Section, Shape
from catalog.drawing import commonest_category, scale
from catalog.geometry import ellipse, rectangle, turn
from catalog.problems import ChartProblem, at

DRAWN_PITCH = 25.0
"""In a plan without rows."""
STAGE = ("stage", "bühne", "scène", "escenario", "palco", "сцена")


class _XY(msgspec.Struct, frozen=True):
    x: float = 0.0
    y: float = 0.0


class _Seat(msgspec.Struct, frozen=True):
    seat_guid: str = ""
    seat_number: str = ""
    position: _XY | None = None
    category: str = ""


class _Row(msgspec.Struct, frozen=True):
    seats: list[_Seat]
    row_number: str = ""
    row_label: str | None = None
    seat_label: str | None = None
    position: _XY = _XY()


class _Text(msgspec.Struct, frozen=True):
    text: str = ""
    position: _XY = _XY()


class _Polygon(msgspec.Struct, frozen=True):
    points: list[_XY] = []


class _Rectangle(msgspec.Struct, frozen=True):
    width: float = 0.0
    height: float = 0.0


class _Ellipse(msgspec.Struct, frozen=True):
    radius: _XY = _XY()


class _Circle(msgspec.Struct, frozen=True):
    radius: float = 0.0


class _Area(msgspec.Struct, frozen=True):
    shape: Literal["polygon", "rectangle", "ellipse", "circle", "text"] = "rectangle"
    position: _XY = _XY()
    rotation: float = 0.0
    polygon: _Polygon | None = None
    rectangle: _Rectangle | None = None
    ellipse: _Ellipse | None = None
    circle: _Circle | None = None
    text: _Text | None = None


class _Zone(msgspec.Struct, frozen=True):
    rows: list[_Row]
    name: str = ""
    position: _XY = _XY()
    areas: list[_Area] = []


class _Category(msgspec.Struct, frozen=True):
    name: str
    color: str = ""


class _Plan(msgspec.Struct, frozen=True):
    zones: list[_Zone]
    categories: list[_Category] = []
    name: str = ""


def read_pretix(raw: bytes) -> tuple[Chart, list[ChartProblem]]:
    """The plan as a chart, not yet mended. Raises msgspec.DecodeError where it is no seating plan."""
    reader = _Reader(msgspec.json.decode(raw, type=_Plan))
    return reader.chart(), reader.found


class _Reader:
    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self.found: list[ChartProblem] = []
        self.keys: dict[str, str] = {}
        drawn = (
            [(seat.position.x, seat.position.y) for seat in row.seats if seat.position]
            for zone in plan.zones
            for row in zone.rows
        )
        self.scale = scale(drawn, DRAWN_PITCH)

    def chart(self) -> Chart:
        categories = list(self._categories())
        sections = [self._section(number, zone) for number, zone in enumerate(self.plan.zones, 1)]
        shapes = [shape for zone in self.plan.zones for area in zone.areas for shape in self._shapes(zone, area)]
        self._note_what_repeats()
        return Chart(
            name=self.plan.name,
            width=0,
            height=0,
            focal_point=self._focal_point(sections, shapes),
            categories=categories,
            shapes=shapes,
            sections=[section for section in sections if section.rows],
        )

    def _categories(self) -> Iterator[Category]:
        for number, category in enumerate(self.plan.categories):
            if category.name in self.keys:
                self._note(at(category.name), "the category is there twice", "taken as one")
                continue
            self.keys[category.name] = naming.category_key(category.name, set(self.keys.values()))
            color = category.color if naming.is_color(category.color) else naming.color(number)
            yield Category(self.keys[category.name], category.name, color)

    def _section(self, number: int, zone: _Zone) -> Section:
        label = zone.name or f"Zone {number}"
        rows = [self._row(label, zone, row) for row in zone.rows]
        if not any(row.seats for row in rows) and not zone.areas:
            self._note(at(label), "the zone has no seats", "left out")
        return Section("", label, commonest_category(rows), [], [row for row in rows if row.seats])

    def _row(self, section: str, zone: _Zone, row: _Row) -> Row:
        label = row.row_number or row.row_label or ""
        if not row.seats:
            self._note(at(section, label), "the row is empty", "left out")
        seats = []
        x, y = self._place(zone, row, _XY())
        for seat in row.seats:
            if seat.position is None:
                self._note(at(section, label, seat.seat_number), "has no position", "placed beside its neighbour")
                x += 5
            else:
                x, y = self._place(zone, row, seat.position)
            category = self.keys.get(seat.category, seat.category) or None
            seats.append(Seat(seat.seat_number, x, y, category=category))
        return Row(label, seats)

    def _place(self, zone: _Zone, row: _Row, seat: _XY) -> Point:
        x = zone.position.x + row.position.x + seat.x
        y = zone.position.y + row.position.y + seat.y
        return x * self.scale, y * self.scale

    def _shapes(self, zone: _Zone, area: _Area) -> Iterator[Shape]:
        x, y = zone.position.x + area.position.x, zone.position.y + area.position.y
        text = area.text.text if area.text else ""
        points = turn(_ground(area, x, y), (x, y), area.rotation)
        if points:
            is_stage = any(word in text.casefold() for word in STAGE)
            yield Shape("stage" if is_stage else "shape", text, self._scaled(points))
        elif area.text:
            where = (x + area.text.position.x, y + area.text.position.y)
            yield Shape("text", text, self._scaled([where]))

    def _scaled(self, points: list[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _note_what_repeats(self) -> None:
        """Ids of seats are made anew; that theirs repeat tells of a copied plan, and is said."""
        guids = Counter(seat.seat_guid for zone in self.plan.zones for row in zone.rows for seat in row.seats)
        repeated = [guid for guid, count in guids.items() if guid and count > 1]
        if repeated:
            shown = ", ".join(repr(guid) for guid in repeated[:5])
            self._note(
                "chart", f"{len(repeated)} seat_guids are there twice ({shown})", "each seat kept, with a new id"
            )

    def _focal_point(self, sections: list[Section], shapes: list[Shape]) -> FocalPoint:
        stage = [point for shape in shapes if shape.kind == "stage" for point in shape.points]
        if stage:
            self._note("chart", "the format has no focal point", "the middle of the stage is taken")
            return FocalPoint(statistics.fmean(x for x, _ in stage), statistics.fmean(y for _, y in stage))
        seats = [(seat.x, seat.y) for section in sections for row in section.rows for seat in row.seats] or [(0.0, 0.0)]
        self._note("chart", "has neither focal point nor stage", "the middle of its upper edge is taken")
        xs, ys = zip(*seats, strict=True)
        return FocalPoint((min(xs) + max(xs)) / 2, min(ys))

    def _note(self, path: str, problem: str, repair: str) -> None:
        self.found.append(ChartProblem(path, problem, repair))


def _ground(area: _Area, x: float, y: float) -> list[Point]:
    """An area's outline; a rectangle's position is its corner, a circle's and an ellipse's the middle."""
    if area.shape == "polygon" and area.polygon:
        return [(x + point.x, y + point.y) for point in area.polygon.points]
    if area.shape == "rectangle" and area.rectangle:
        width, height = area.rectangle.width, area.rectangle.height
        return rectangle((x + width / 2, y + height / 2), width, height)
    if area.shape == "circle" and area.circle:
        return ellipse((x, y), area.circle.radius, area.circle.radius)
    if area.shape == "ellipse" and area.ellipse:
        return ellipse((x, y), area.ellipse.radius.x, area.ellipse.radius.y)
    return []
