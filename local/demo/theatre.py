"""A theatre of about 1,200 seats: stalls, two balconies unfolded behind them, and boxes along both sides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from catalog.charts import Category, Chart, FocalPoint, Point, Row, Seat, Section, Shape
from catalog.geometry import hull_with_margin
from local.demo.curves import PITCH, Arc, Block, depths

X, Y = 285.0, -150.0
"""The center of the circles that all rows follow, far behind the stage."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
STALLS, FIRST, SECOND = depths(292, 12), depths(434, 4), depths(512, 3)
PARTS = (("left", 0.0, 0.27), ("centre", 0.27, 0.73), ("right", 0.73, 1.0))
PREMIUM_ROWS = range(2, 8)
BOXES_PER_SIDE = 6
SeatMark = Callable[[str, int, int, int], dict[str, bool | str]]


def theatre(name: str) -> Chart:
    """The house from above."""
    stage = [(-112, 38), (112, 38), (102, 98), (55, 112), (0, 118), (-55, 112), (-102, 98)]
    return Chart(
        name=name,
        width=570,
        height=430,
        focal_point=FocalPoint(X, 105),
        categories=[
            Category("premium", "Premium stalls", "#b3261e"),
            Category("stalls", "Stalls", "#d0812f"),
            Category("first", "First balcony", "#2f7d5b"),
            Category("second", "Second balcony", "#3267a8"),
            Category("box", "Boxes", "#7a4fa3"),
        ],
        shapes=[Shape("stage", "Stage", [(X + dx, float(y)) for dx, y in stage])],
        sections=[
            *_tier("stalls", "Stalls", Arc((X, Y), 0, 114, 66), STALLS, _in_stalls),
            *_tier("first", "First balcony", Arc((X, Y), 0, 117, 63), FIRST, _anywhere),
            *_tier("second", "Second balcony", Arc((X, Y), 0, 117, 63), SECOND, _high_up),
            _boxes("left", -1),
            _boxes("right", 1),
        ],
    )


def _tier(category: str, name: str, curve: Arc, rows: list[float], marks: SeatMark) -> list[Section]:
    """Three blocks between aisles; seats are numbered through from left to right."""
    sections = []
    following = [1] * len(rows)
    for part, t0, t1 in PARTS:
        block = Block(curve, t0, t1, rows)
        laid = block.rows(LETTERS[: len(rows)], partial(_seat, marks, part, following))
        following = [number + len(row.seats) for number, row in zip(following, laid, strict=True)]
        key, label = f"{category}{part[0]}", f"{name} {part}"
        sections.append(Section(key, label, category, block.outline(), laid, floor=name))
    return sections


def _seat(marks: SeatMark, part: str, first: list[int], row: int, i: int, count: int, place: Point) -> Seat:
    return replace(Seat(str(first[row] + i), *place), **marks(part, row, i, count))


def _in_stalls(part: str, row: int, i: int, count: int) -> dict[str, bool | str]:
    """The middle is premium; wheelchairs have the ends of the last row, where the doors are."""
    if part == "centre":
        return {"category": "premium"} if row in PREMIUM_ROWS else {}
    from_door = i if part == "left" else count - 1 - i
    if row == len(STALLS) - 1 and from_door < 4:
        return {"accessible": True} if from_door % 2 == 0 else {"companion": True}
    return {}


def _anywhere(part: str, row: int, i: int, count: int) -> dict[str, bool | str]:
    return {}


def _high_up(part: str, row: int, i: int, count: int) -> dict[str, bool | str]:
    """The outermost seats of the second balcony look around its rail."""
    outermost = (part == "left" and i < 3) or (part == "right" and i >= count - 3)
    return {"restricted_view": True} if outermost else {}


def _boxes(side: str, sign: int) -> Section:
    """Boxes of four, from the stage to the first balcony; the first one sees the stage from the side."""
    rows = []
    for number in range(BOXES_PER_SIDE):
        x, y = X + sign * (158 + 9 * number), 82 + 27.0 * number
        corners = [(x + sign * dx * PITCH, y + dy * PITCH * 1.1) for dx in (0, 1.2) for dy in (0, 1)]
        seats = [Seat(str(i + 1), *place, restricted_view=number == 0 and i >= 2) for i, place in enumerate(corners)]
        rows.append(Row(f"Box {number + 1}", seats))
    outline = hull_with_margin([(seat.x, seat.y) for row in rows for seat in row.seats], 7)
    return Section(f"boxes{side[0]}", f"Boxes {side}", "box", outline, rows, floor="First balcony")
