"""A jazz club where people sit around tables, and a meadow where they stand."""

from __future__ import annotations

import math

from catalog.charts import Category, Chart, FocalPoint, Point, Row, Seat, Section, Shape
from catalog.geometry import ellipse, hull_with_margin, rectangle
from local.demo.curves import PITCH, Block, Line, depths

TABLE_RADIUS, CHAIR_RADIUS = 4.5, 8.5
TABLE_ROWS = ((4, 5, 75.0), (4, 6, 105.0), (6, 5, 142.0))
"""(chairs, tables, how far from the upper edge): small tables in front."""


def club() -> Chart:
    """About a hundred places: tables before the stage, stools along the bar."""
    tables: dict[str, list[Row]] = {"front": [], "back": []}
    tops = []
    number = 0
    for chairs, count, y in TABLE_ROWS:
        for i in range(count):
            number += 1
            center = (140 + (i - (count - 1) / 2) * 38, y + abs(i - (count - 1) / 2) * 3)
            tops.append(Shape("table", str(number), ellipse(center, TABLE_RADIUS, TABLE_RADIUS)))
            places = [
                (
                    center[0] + CHAIR_RADIUS * math.cos(math.tau * (k + 0.5) / chairs),
                    center[1] + CHAIR_RADIUS * math.sin(math.tau * (k + 0.5) / chairs),
                )
                for k in range(chairs)
            ]
            row = Row(f"Table {number}", [Seat(str(k + 1), *place) for k, place in enumerate(places)])
            tables["front" if chairs == 4 else "back"].append(row)
    bar = Block(Line((62, 172), 0, 156), 0, 1, [4.0])
    stools = bar.rows(["Bar"], lambda row, i, count, place: Seat(str(i + 1), *place, restricted_view=i < 3))
    return Chart(
        name="Cellar Nine",
        width=280,
        height=210,
        focal_point=FocalPoint(140, 45),
        categories=[
            Category("front", "Front tables", "#8e2450"),
            Category("back", "Back tables", "#3267a8"),
            Category("bar", "Bar stools", "#4c8f4a"),
        ],
        shapes=[
            Shape("stage", "Stage", [(85.0, 15.0), (195.0, 15.0), (185.0, 48.0), (95.0, 48.0)]),
            Shape("bar", "Bar", rectangle((140, 189), 160, 12)),
            *tops,
        ],
        sections=[
            *(Section(name, f"{name.capitalize()} tables", name, _around(rows), rows) for name, rows in tables.items()),
            Section("bar", "Bar", "bar", bar.outline(), stools),
        ],
    )


def meadow() -> Chart:
    """An open field for some 6,000, with a small stand and room for wheelchairs at its foot."""
    return Chart(
        name="Weir Meadow",
        width=800,
        height=690,
        focal_point=FocalPoint(400, 110),
        categories=[
            Category("front", "Front, standing", "#8e2450"),
            Category("meadow", "Meadow, standing", "#4c8f4a"),
            Category("stand", "Stand, seated", "#d0812f"),
        ],
        shapes=[
            Shape("stage", "Stage", [(250.0, 30.0), (550.0, 30.0), (525.0, 110.0), (275.0, 110.0)]),
            Shape("area", "Food", rectangle((690, 480), 90, 60)),
            Shape("area", "Bar", rectangle((110, 480), 90, 60)),
        ],
        sections=[
            Section(
                "front",
                "Front",
                "front",
                [(230.0, 130.0), (570.0, 130.0), (600.0, 230.0), (200.0, 230.0)],
                capacity=1_200,
            ),
            Section(
                "meadow",
                "Meadow",
                "meadow",
                [(195.0, 240.0), (605.0, 240.0), (660.0, 420.0), (560.0, 540.0), (240.0, 540.0), (140.0, 420.0)],
                capacity=4_800,
            ),
            _stand("left", 230),
            _stand("right", 405),
        ],
    )


def _stand(side: str, x: float) -> Section:
    """Half of the seats at the back, the first row for wheelchairs and whoever comes along."""
    block = Block(Line((x, 560), 0, 165), 0, 1, depths(8, 8))

    def seat(row: int, i: int, count: int, place: Point) -> Seat:
        return Seat(str(i + 1), *place, accessible=row == 0 and i % 4 == 0, companion=row == 0 and i % 4 == 1)

    rows = block.rows([str(row + 1) for row in range(len(block.depths))], seat)
    return Section(f"stand{side[0]}", f"Stand {side}", "stand", block.outline(), rows)


def _around(rows: list[Row]) -> list[Point]:
    return hull_with_margin([(seat.x, seat.y) for row in rows for seat in row.seats], PITCH)
