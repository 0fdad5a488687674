"""An arena of about 18,000: an oval bowl of two tiers, open behind the stage, around a standing floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.charts import Category, Chart, FocalPoint, Point, Row, Seat, Section, Shape
from local.demo.curves import Arc, Block, Curve, Line, depths

X, Y = 605.0, 560.0
HALF_WIDTH, HALF_LENGTH, CORNER = 205.0, 270.0, 120.0
"""The floor: a rectangle with round corners, which all rows run around."""
LOWER, UPPER = depths(26, 22), depths(248, 16)
STAGE_FRONT = Y - 175
SIDE_BLOCKS, END_BLOCKS, WING_BLOCKS = 4, 2, 2
LOWER_CORNER_BLOCKS, UPPER_CORNER_BLOCKS = 4, 5
WING_DEGREES = 45
PLATFORM_BLOCKS = (4, 8, 11, 12, 15, 19)
"""Lower blocks, counted around from the stage, whose last row is a platform for wheelchairs."""
FLOOR_CAPACITY, PIT_CAPACITY = 1_900, 500


def arena() -> Chart:
    """The bowl from above, the stage at its upper end."""
    lower = list(_tier("1", "Lower tier", LOWER, LOWER_CORNER_BLOCKS))
    upper = list(_tier("2", "Upper tier", UPPER, UPPER_CORNER_BLOCKS))
    stage = [(-150, -345), (150, -345), (150, -215), (40, -215), (40, -150), (-40, -150), (-40, -215), (-150, -215)]
    desk = [(-30, 150), (30, 150), (30, 185), (-30, 185)]
    return Chart(
        name="Granary Arena",
        width=2 * X,
        height=Y + HALF_LENGTH + UPPER[-1] + 40,
        focal_point=FocalPoint(X, STAGE_FRONT),
        categories=[
            Category("pit", "Front of stage, standing", "#8e2450"),
            Category("floor", "Floor, standing", "#c2543d"),
            Category("lower", "Lower tier", "#d0912f"),
            Category("lowerend", "Lower tier, facing the stage", "#4c8f4a"),
            Category("upper", "Upper tier", "#3267a8"),
            Category("restricted", "Beside the stage, restricted view", "#6b7280"),
        ],
        shapes=[
            Shape("stage", "Stage", [(X + dx, Y + float(dy)) for dx, dy in stage]),
            Shape("area", "Sound", [(X + dx, Y + float(dy)) for dx, dy in desk]),
        ],
        sections=[*_floor(), *lower, *upper],
    )


def _bowl() -> list[tuple[str, Curve]]:
    """The curves around the floor, from the stage's right hand side (our left) around its far end."""
    left, right, far = X - HALF_WIDTH, X + HALF_WIDTH, Y + HALF_LENGTH
    top, bottom = Y - HALF_LENGTH + CORNER, far - CORNER
    inner_left, inner_right = left + CORNER, right - CORNER
    return [
        ("wing", Arc((inner_left, top), CORNER, 180 + WING_DEGREES, 180)),
        ("side", Line((left, top), 90, bottom - top)),
        ("corner", Arc((inner_left, bottom), CORNER, 180, 90)),
        ("end", Line((inner_left, far), 0, inner_right - inner_left)),
        ("corner", Arc((inner_right, bottom), CORNER, 90, 0)),
        ("side", Line((right, bottom), 270, bottom - top)),
        ("wing", Arc((inner_right, top), CORNER, 0, -WING_DEGREES)),
    ]


def _tier(prefix: str, floor: str, rows: list[float], corner_blocks: int) -> Iterator[Section]:
    counts = {"wing": WING_BLOCKS, "side": SIDE_BLOCKS, "corner": corner_blocks, "end": END_BLOCKS}
    number = 0
    for kind, curve in _bowl():
        for part in range(counts[kind]):
            number += 1
            block = Block(curve, part / counts[kind], (part + 1) / counts[kind], rows, aisle=7)
            yield _block(f"{prefix}{number:02}", floor, kind, block, number)


def _block(label: str, floor: str, kind: str, block: Block, number: int) -> Section:
    lower = floor == "Lower tier"
    category = ("lowerend" if kind in ("end", "corner") else "lower") if lower else "upper"

    def seat(row: int, i: int, count: int, place: Point) -> Seat:
        """Seats behind the line of the stage's front see it from the side."""
        beside = place[1] < STAGE_FRONT
        return Seat(str(count - i), *place, category="restricted" if beside else None, restricted_view=beside)

    rows = block.rows([str(row + 1) for row in range(len(block.depths))], seat)
    if lower and number in PLATFORM_BLOCKS:
        rows[-1] = _platform(rows[-1])
    return Section(label, f"Block {label}", category, block.outline(), rows, floor=floor)


def _platform(row: Row) -> Row:
    """Room for a wheelchair and a companion in place of every two seats."""
    places = row.seats[::2]
    places = places[: len(places) // 2 * 2]
    seats = [
        Seat(str(i + 1), place.x, place.y, accessible=i % 2 == 0, companion=i % 2 == 1)
        for i, place in enumerate(places)
    ]
    return Row("Platform", seats)


def _floor() -> list[Section]:
    """Standing room inside the bowl, with a pit before the stage."""
    edge = HALF_WIDTH - 14
    bottom = HALF_LENGTH - 14
    round_corner = [(edge, bottom - 90), (edge - 12, bottom - 45), (edge - 45, bottom - 12), (edge - 90, bottom)]
    far = [*round_corner, *((-dx, dy) for dx, dy in reversed(round_corner))]
    pit = [(edge, -205), (edge, -55), (-edge, -55), (-edge, -205)]
    pit += [(-48, -205), (-48, -142), (48, -142), (48, -205)]
    main = [(-edge, -45), (edge, -45), *far]
    return [
        Section("pit", "Front of stage", "pit", _around(pit), capacity=PIT_CAPACITY, floor="Floor"),
        Section("floor", "Floor", "floor", _around(main), capacity=FLOOR_CAPACITY, floor="Floor"),
    ]


def _around(points: Sequence[Point]) -> list[Point]:
    return [(X + dx, Y + dy) for dx, dy in points]
