"""The part of a seats.io chart that we understand, as its own designer writes it. Lenient: all may be absent.

Positions inside a section are relative to its `topLeft`. Sizes follow the drawing's own scale.
"""

from __future__ import annotations

from typing import Any

import msgspec

Key = int | str | None


class XY(msgspec.Struct):
    x: float
    y: float


class Document(msgspec.Struct, rename="camel"):
    sub_chart: SubChart
    name: str | None = None
    categories: Categories | None = None
    zones: Zones | None = None
    section_scale_factor: float | None = None


class Categories(msgspec.Struct):
    entries: list[Category] = msgspec.field(default_factory=list, name="list")


class Category(msgspec.Struct):
    key: Key = None
    label: str | None = None
    color: str | None = None


class Zones(msgspec.Struct):
    entries: list[Zone] = msgspec.field(default_factory=list, name="list")


class Zone(msgspec.Struct, rename="camel"):
    key: str
    label: str | None = None
    focal_point: XY | None = None


class SubChart(msgspec.Struct, rename="camel"):
    width: float | None = None
    height: float | None = None
    focal_point: XY | None = None
    background_image: dict[str, Any] | None = None
    floor_name: str | None = None
    sections: list[Section] = []
    rows: list[Row] = []
    tables: list[Table] = []
    booths: list[Booth] = []
    general_admission_areas: list[Area] = []
    shapes: list[Figure] = []
    texts: list[Text] = []
    icons: list[Icon] = []
    image_objects: list[dict[str, Any]] = []


class Section(msgspec.Struct, rename="camel"):
    sub_chart: SubChart
    label: str | None = None
    display_label: str | None = None
    points: list[XY] = []
    top_left: XY | None = None
    category_key: Key = None
    zone: str | None = None
    floor: str | None = None
    entrance: str | None = None
    published: bool | None = None


class Seat(msgspec.Struct, rename="camel"):
    x: float | None = None
    y: float | None = None
    label: int | str | None = None
    display_label: int | str | None = None
    category_key: Key = None
    entrance: str | None = None
    accessible: bool | None = None
    companion_seat: bool | None = None
    restricted_view: bool | None = None
    semi_ambulatory_seat: bool | None = None
    disabled_by_social_distancing_rules: bool | None = None
    published: bool | None = None


class Row(msgspec.Struct, rename="camel"):
    seats: list[Seat] = []
    label: int | str | None = None
    display_label: int | str | None = None
    section_label: str | None = None
    published: bool | None = None


class Table(msgspec.Struct, rename="camel"):
    seats: list[Seat] = []
    label: int | str | None = None
    display_label: int | str | None = None
    category_key: Key = None
    center: XY | None = None
    radius: float | None = None
    width: float | None = None
    height: float | None = None
    rotation_angle: float | None = None
    book_as_a_whole: bool | None = None


class Figure(msgspec.Struct, rename="camel"):
    """A shape, or the ground of a booth or area: rectangle, circle, polygon or polyline."""

    type: str | None = None
    label: str | None = None
    smart_type: str | None = None
    center: XY | None = None
    width: float | None = None
    height: float | None = None
    radius1: float | None = None
    radius2: float | None = None
    rotation_angle: float | None = None
    points: list[XY] | None = None


class Booth(Figure, rename="camel"):
    category_key: Key = None


class Area(Figure, rename="camel"):
    capacity: int | None = None
    category_key: Key = None
    book_as_a_whole: bool | None = None
    min_occupancy: int | None = None


class Text(msgspec.Struct, rename="camel"):
    text: str | None = None
    label: str | None = None
    center: XY | None = None


class Icon(msgspec.Struct, rename="camel"):
    icon: str | None = None
    icon_type: str | None = None
    center: XY | None = None
