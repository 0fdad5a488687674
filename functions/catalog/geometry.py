"""Plane geometry for charts: outlines around seats, shapes as polygons, what lies inside what."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Point = tuple[float, float]

ELLIPSE_CORNERS = 32


def hull(points: Iterable[Point]) -> list[Point]:
    """The smallest convex outline around the points (Andrew's monotone chain), clockwise on screen."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    lower = _chain(ordered)
    upper = _chain(ordered[::-1])
    return lower[:-1] + upper[:-1]


def hull_with_margin(points: Iterable[Point], margin: float) -> list[Point]:
    """A convex outline that keeps `margin` around every point, its corners cut."""
    cut = margin * math.tan(math.pi / 8)
    around = [(margin, cut), (cut, margin), (-cut, margin), (-margin, cut)]
    around += [(-x, -y) for x, y in around]
    return hull((x + dx, y + dy) for x, y in hull(points) for dx, dy in around)


def contains(outline: Sequence[Point], point: Point) -> bool:
    """Whether a point lies inside an outline (even-odd rule). Exact for whole numbers, wherever they are moved."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (y1 > y) != (y2 > y) and ((x - x1) * (y2 - y1) < (x2 - x1) * (y - y1)) == (y2 > y1):
            inside = not inside
    return inside


def ellipse(center: Point, radius_x: float, radius_y: float, degrees: float = 0) -> list[Point]:
    """An ellipse as a polygon, turned clockwise on screen."""
    corners = [
        (
            center[0] + radius_x * math.cos(math.tau * i / ELLIPSE_CORNERS),
            center[1] + radius_y * math.sin(math.tau * i / ELLIPSE_CORNERS),
        )
        for i in range(ELLIPSE_CORNERS)
    ]
    return turn(corners, center, degrees)


def rectangle(center: Point, width: float, height: float, degrees: float = 0) -> list[Point]:
    """A rectangle around its center, turned clockwise on screen."""
    x, y = center
    dx, dy = width / 2, height / 2
    corners = [(x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy)]
    return turn(corners, center, degrees)


def turn(points: Sequence[Point], center: Point, degrees: float) -> list[Point]:
    """The points turned about a center, clockwise on screen (y points down)."""
    if not degrees:
        return list(points)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        (
            center[0] + (x - center[0]) * cos - (y - center[1]) * sin,
            center[1] + (x - center[0]) * sin + (y - center[1]) * cos,
        )
        for x, y in points
    ]


def _chain(ordered: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) >= 2 and _cross(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _cross(origin: Point, a: Point, b: Point) -> float:
    return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])
