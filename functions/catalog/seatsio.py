"""Reads a chart drawn with seats.io's designer into our own format, and says what it could not take over."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from catalog import naming
from catalog import seatsio_document as drawn
from catalog.charts import Category, Chart, FocalPoint, Point, Row, Seat, Section, Shape
from catalog.drawing import PITCH, commonest_category, scale
from catalog.geometry import ellipse, rectangle
from catalog.problems import ChartProblem, at

DRAWN_PITCH = 20.0
"""In a drawing without rows."""
BOOTH_SIDE = 40.0
LOOSE, TABLES, BOOTHS = "Seats", "Tables", "Booths"


def read_seatsio(raw: bytes) -> tuple[Chart, list[ChartProblem]]:
    """The drawing as a chart, not yet mended. Raises msgspec.DecodeError where it is no seats.io chart."""
    reader = _Reader(msgspec.json.decode(raw, type=drawn.Document))
    chart = reader.chart()
    reader.note_what_is_left_behind(msgspec.json.decode(raw))
    return chart, reader.found


@dataclass(frozen=True)
class _Frame:
    """Where a part of the drawing stands in the whole, and at which scale."""

    x: float
    y: float
    scale: float

    def place(self, point: drawn.XY) -> Point:
        return self.x + point.x * self.scale, self.y + point.y * self.scale

    def places(self, points: list[drawn.XY]) -> list[Point]:
        return [self.place(point) for point in points]


class _Reader:
    """One drawing being read: its scale, its categories, and what was found on the way."""

    def __init__(self, document: drawn.Document) -> None:
        self.document = document
        self.found: list[ChartProblem] = []
        self.keys: dict[drawn.Key, str] = {}
        self.inner_scale = (document.section_scale_factor or 100) / 100
        self.whole = _Frame(0, 0, scale(_drawn_rows(document.sub_chart, self.inner_scale), DRAWN_PITCH))
        self.zones = {zone.key: zone for zone in (document.zones.entries if document.zones else [])}

    def chart(self) -> Chart:
        plan = self.document.sub_chart
        categories = list(self._categories())
        sections = [part for section in plan.sections for part in self._section(section)]
        sections += self._loose(plan)
        shapes = list(self._shapes(plan, self.whole))
        for section in plan.sections:
            shapes += self._shapes(section.sub_chart, self._inside(section))
        return Chart(
            name=self.document.name or "",
            width=0,
            height=0,
            focal_point=self._focal_point(sections, shapes),
            categories=categories,
            shapes=shapes,
            sections=sections,
        )

    def note_what_is_left_behind(self, raw: dict[str, Any]) -> None:
        """Whatever a drawing holds that we have no word for."""
        if self.document.sub_chart.background_image:
            self._note("chart", "its background image is not part of the file", "left out")
        plans = [("chart", raw["subChart"])]
        plans += [(str(section.get("label")), section["subChart"]) for section in raw["subChart"].get("sections", ())]
        known = {field.encode_name for field in msgspec.structs.fields(drawn.SubChart)} - {"imageObjects"}
        for label, plan in plans:
            for name, things in plan.items():
                if name not in known and isinstance(things, list) and things:
                    self._note(at(label), f"{len(things)} {name} are of an unknown kind", "left out")
            if label != "chart" and plan.get("sections"):
                self._note(at(label), f"{len(plan['sections'])} sections inside a section", "left out")
        if raw.get("floors"):
            self._note("chart", "floors drawn apart are not understood", "their sections stand side by side")

    def _categories(self) -> Iterator[Category]:
        for i, category in enumerate(self.document.categories.entries if self.document.categories else []):
            label = category.label or str(category.key)
            self.keys[category.key] = naming.category_key(label, set(self.keys.values()))
            yield Category(self.keys[category.key], label, category.color or naming.color(i))

    def _section(self, section: drawn.Section) -> Iterator[Section]:
        label, plan, frame = section.display_label or section.label or "", section.sub_chart, self._inside(section)
        if section.published is False:
            self._note(at(label), "is not published", "left out")
            return
        zone = self.zones.get(section.zone or "")
        rows = self._rows(label, plan.rows, frame) + self._tables(label, plan.tables, frame)
        rows += self._booths(plan.booths, frame)
        whole = Section(
            key="",
            label=label,
            category=self._category(section.category_key) or commonest_category(rows),
            outline=self.whole.places(section.points),
            rows=rows,
            floor=section.floor or self.document.sub_chart.floor_name,
            zone=zone.label or zone.key if zone else section.zone,
            entrance=section.entrance,
            focal_point=FocalPoint(*self.whole.place(zone.focal_point)) if zone and zone.focal_point else None,
        )
        if rows or not plan.general_admission_areas:
            yield whole
        for area in plan.general_admission_areas:
            yield self._area(area, frame, whole)

    def _loose(self, plan: drawn.SubChart) -> Iterator[Section]:
        """What stands outside of every section is gathered in sections of our own."""
        gathered: dict[str, list[Row]] = {}
        for row in plan.rows:
            label = row.section_label or LOOSE
            gathered.setdefault(label, []).extend(self._rows(label, [row], self.whole))
        gathered[TABLES] = gathered.get(TABLES, []) + self._tables(TABLES, plan.tables, self.whole)
        gathered[BOOTHS] = gathered.get(BOOTHS, []) + self._booths(plan.booths, self.whole)
        floor = self.document.sub_chart.floor_name
        for label, rows in gathered.items():
            if rows:
                self._note(at(label), f"{len(rows)} rows, tables or booths have no section", f"gathered as {label!r}")
                yield Section("", label, commonest_category(rows), [], rows, floor=floor)
        for area in plan.general_admission_areas:
            yield self._area(area, self.whole, Section("", "", "", [], floor=floor))

    def _rows(self, section: str, rows: list[drawn.Row], frame: _Frame) -> list[Row]:
        kept = []
        for number, row in enumerate(rows):
            label = _text(row.display_label, row.label)
            if row.published is False:
                self._note(at(section, label), "is not published", "left out")
                continue
            kept.append(Row(label, self._seats(at(section, label), row.seats, frame, number, None)))
        return kept

    def _tables(self, section: str, tables: list[drawn.Table], frame: _Frame) -> list[Row]:
        rows = []
        for number, table in enumerate(tables):
            label = _text(table.display_label, table.label)
            if table.book_as_a_whole:
                self._note(at(section, label), "is sold as a whole there", "its seats are sold singly here")
            seats = self._seats(at(section, label), table.seats, frame, number, table.category_key)
            rows.append(Row(label, seats))
        return rows

    def _booths(self, booths: list[drawn.Booth], frame: _Frame) -> list[Row]:
        """A booth is a row of one seat."""
        rows = []
        for booth in booths:
            x, y = frame.place(booth.center or drawn.XY(0, 0))
            seat = Seat("1", x, y, category=self._category(booth.category_key))
            rows.append(Row(booth.label or "", [seat]))
        return rows

    def _seats(self, path: str, seats: list[drawn.Seat], frame: _Frame, number: int, category: drawn.Key) -> list[Seat]:
        notes: Counter[tuple[str, str]] = Counter()
        kept: list[Seat] = []
        x, y = frame.x, frame.y + 2 * PITCH * number
        for seat in seats:
            if seat.published is False:
                notes["are not published", "left out"] += 1
                continue
            if seat.x is None or seat.y is None:
                notes["have no position", "placed beside their neighbour"] += 1
                x += PITCH
            else:
                x, y = frame.place(drawn.XY(seat.x, seat.y))
            for said, why in (
                (seat.semi_ambulatory_seat, "are marked semi-ambulatory"),
                (seat.disabled_by_social_distancing_rules, "are disabled by social distancing"),
                (seat.entrance, "name an entrance of their own"),
            ):
                if said:
                    notes[why, "kept without the mark"] += 1
            kept.append(
                Seat(
                    label=_text(seat.display_label, seat.label),
                    x=x,
                    y=y,
                    category=self._category(seat.category_key) or self._category(category),
                    accessible=bool(seat.accessible),
                    companion=bool(seat.companion_seat),
                    restricted_view=bool(seat.restricted_view),
                )
            )
        for (problem, repair), count in notes.items():
            self._note(path, f"{count} seats {problem}", repair)
        return kept

    def _area(self, area: drawn.Area, frame: _Frame, around: Section) -> Section:
        label = " ".join(part for part in (around.label, area.label) if part)
        if area.book_as_a_whole or (area.min_occupancy or 1) > 1:
            self._note(at(label), "is sold in groups or as a whole there", "its places are sold singly here")
        return msgspec.structs.replace(
            around,
            label=label,
            category=self._category(area.category_key) or around.category,
            outline=_ground(area, frame),
            rows=[],
            capacity=area.capacity or 0,
        )

    def _shapes(self, plan: drawn.SubChart, frame: _Frame) -> Iterator[Shape]:
        for shape in plan.shapes:
            kind = shape.smart_type or shape.type or "shape"
            yield Shape(kind, shape.label or "", _ground(shape, frame))
        for booth in plan.booths:
            yield Shape("booth", booth.label or "", _ground(booth, frame))
        tops = {(table.center.x, table.center.y): table for table in plan.tables if table.center}
        for table in tops.values():
            yield Shape("table", "", _table_top(table, frame))
        for text in plan.texts:
            if text.center:
                yield Shape("text", text.text or text.label or "", [frame.place(text.center)])
        for icon in plan.icons:
            if icon.center:
                yield Shape("icon", icon.icon or icon.icon_type or "", [frame.place(icon.center)])

    def _focal_point(self, sections: list[Section], shapes: list[Shape]) -> FocalPoint:
        """The drawing's; (0, 0) is the designer's word for none."""
        drawn_point = self.document.sub_chart.focal_point
        if drawn_point and (drawn_point.x or drawn_point.y):
            return FocalPoint(*self.whole.place(drawn_point))
        stages = [point for shape in shapes if shape.kind == "stage" for point in shape.points]
        outlines = [point for section in sections for point in section.outline]
        seats = [(seat.x, seat.y) for section in sections for row in section.rows for seat in row.seats]
        points = stages or outlines + seats or [(0.0, 0.0)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if stages:
            self._note("chart", "has no focal point", "the middle of the stage is taken")
            return FocalPoint(statistics.fmean(xs), statistics.fmean(ys))
        if not any(section.focal_point for section in sections):
            self._note("chart", "has neither focal point nor stage", "the middle of its upper edge is taken")
        return FocalPoint((min(xs) + max(xs)) / 2, min(ys))

    def _inside(self, section: drawn.Section) -> _Frame:
        """The plane of a section's own drawing: its top left corner, at the sections' scale."""
        x, y = self.whole.place(section.top_left or drawn.XY(0, 0))
        return _Frame(x, y, self.whole.scale * self.inner_scale)

    def _category(self, key: drawn.Key) -> str | None:
        return None if key is None else self.keys.get(key, str(key))

    def _note(self, path: str, problem: str, repair: str) -> None:
        self.found.append(ChartProblem(path, problem, repair))


def _drawn_rows(plan: drawn.SubChart, inner_scale: float) -> Iterator[list[Point]]:
    rows = [(row, 1.0) for row in plan.rows]
    rows += [(row, inner_scale) for section in plan.sections for row in section.sub_chart.rows]
    for row, by in rows:
        yield [(seat.x * by, seat.y * by) for seat in row.seats if seat.x is not None and seat.y is not None]


def _ground(figure: drawn.Figure, frame: _Frame) -> list[Point]:
    """A figure's outline, whatever it was drawn as."""
    if figure.points:
        return frame.places(figure.points)
    center = frame.place(figure.center or drawn.XY(0, 0))
    degrees = figure.rotation_angle or 0
    if figure.radius1:
        radius2 = figure.radius2 or figure.radius1
        return ellipse(center, figure.radius1 * frame.scale, radius2 * frame.scale, degrees)
    width, height = (figure.width or BOOTH_SIDE) * frame.scale, (figure.height or BOOTH_SIDE) * frame.scale
    return rectangle(center, width, height, degrees)


def _table_top(table: drawn.Table, frame: _Frame) -> list[Point]:
    center = frame.place(table.center or drawn.XY(0, 0))
    if table.radius:
        return ellipse(center, table.radius * frame.scale, table.radius * frame.scale)
    width, height = (table.width or DRAWN_PITCH) * frame.scale, (table.height or DRAWN_PITCH) * frame.scale
    return rectangle(center, width, height, table.rotation_angle or 0)


def _text(*candidates: int | str | None) -> str:
    return next((str(text) for text in candidates if text is not None and text != ""), "")
