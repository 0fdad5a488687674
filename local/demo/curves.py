"""Curves that rows of seats follow, and blocks of rows laid out along them.

A curve runs through `t` from 0 to 1; a row at a distance `d` runs parallel to it, farther from what the seats
look at. Angles are degrees, clockwise on screen from the right (y points down).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.charts import Point, Row, Seat

PITCH = 5.0
ROW_PITCH = 8.5
MARGIN = 4.5


class Curve(Protocol):
    """Two exist: straight lines and arcs."""

    def length(self, d: float) -> float: ...

    def point(self, t: float, d: float) -> Point: ...


@dataclass(frozen=True)
class Line:
    """From a point in a direction; its seats stand off to the right, as one walks along it."""

    start: Point
    degrees: float
    extent: float

    def length(self, d: float) -> float:
        return self.extent

    def point(self, t: float, d: float) -> Point:
        cos, sin = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        along = t * self.extent
        return self.start[0] + along * cos - d * sin, self.start[1] + along * sin + d * cos


@dataclass(frozen=True)
class Arc:
    """Around a center, from one angle to another; rows farther out are longer."""

    center: Point
    radius: float
    start: float
    end: float

    def length(self, d: float) -> float:
        return math.radians(abs(self.end - self.start)) * (self.radius + d)

    def point(self, t: float, d: float) -> Point:
        angle = math.radians(self.start + t * (self.end - self.start))
        reach = self.radius + d
        return self.center[0] + reach * math.cos(angle), self.center[1] + reach * math.sin(angle)


@dataclass(frozen=True)
class Block:
    """The part of a curve between two aisles, with its rows one behind the other."""

    curve: Curve
    t0: float
    t1: float
    depths: Sequence[float]
    aisle: float = 5.0

    def places(self, depth: float) -> list[Point]:
        """Where the seats of a row stand: as many as fit, in the middle between the aisles."""
        length = self.curve.length(depth)
        room = length * (self.t1 - self.t0) - self.aisle
        count = max(1, int(room / PITCH))
        middle = (self.t0 + self.t1) / 2
        return [self.curve.point(middle + (i - (count - 1) / 2) * PITCH / length, depth) for i in range(count)]

    def outline(self) -> list[Point]:
        """Around all rows, along the curve."""
        near, far = self.depths[0] - MARGIN, self.depths[-1] + MARGIN
        steps = 8
        inside = 1.0 / self.curve.length(near)
        ts = [self.t0 + inside + (self.t1 - self.t0 - 2 * inside) * i / steps for i in range(steps + 1)]
        there = [self.curve.point(t, near) for t in ts]
        back = [self.curve.point(t, far) for t in reversed(ts)]
        return there + back

    def rows(self, labels: Sequence[str], seat: Callable[[int, int, int, Point], Seat]) -> list[Row]:
        """Rows of seats; `seat` makes one from (row index, seat index, seats in the row, place)."""
        rows = []
        for index, (label, depth) in enumerate(zip(labels, self.depths, strict=True)):
            places = self.places(depth)
            rows.append(Row(label, [seat(index, i, len(places), place) for i, place in enumerate(places)]))
        return rows


def depths(first: float, count: int, pitch: float = ROW_PITCH) -> list[float]:
    """The distances of so many rows behind each other."""
    return [first + i * pitch for i in range(count)]
