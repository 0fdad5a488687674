"""seats.io drawings: geometry, and nothing dropped without a word. Real ones are read where they are at hand."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from catalog import seats
from catalog.chart_checks import faults, mend
from catalog.charts import Chart
from catalog.geometry import contains
from catalog.problems import ChartProblem
from catalog.seatsio import read_seatsio

SHARED = Path(os.environ.get("BOXOFFICE_SHARED", Path(__file__).parents[2] / "../shared"))


def read(document: dict[str, Any]) -> tuple[Chart, list[ChartProblem]]:
    return finished(json.dumps(document).encode())


def finished(raw: bytes) -> tuple[Chart, list[ChartProblem]]:
    chart, found = read_seatsio(raw)
    assert list(faults(chart)) == []
    chart, mended = mend(chart)
    return chart, found + mended


def seat(label: str, x: float | None, y: float | None, **more: Any) -> dict[str, Any]:
    return {"label": label, "x": x, "y": y, **more}


def plan(**parts: Any) -> dict[str, Any]:
    return {"width": 400, "height": 300, **parts}


def drawing(**parts: Any) -> dict[str, Any]:
    categories = [{"key": 1, "label": "Stalls", "color": "#112233"}, {"key": "x", "label": "Boxes"}]
    return {"name": "Hall", "categories": {"list": categories}, "subChart": plan(**parts)}


def section(label: str, corner: tuple[float, float], **parts: Any) -> dict[str, Any]:
    x, y = corner
    corners = [(x, y), (x + 200, y), (x + 200, y + 100), (x, y + 100)]
    return {
        "label": label,
        "categoryKey": 1,
        "points": [{"x": x, "y": y} for x, y in corners],
        "topLeft": {"x": x, "y": y},
        "subChart": plan(**parts),
    }


ROW = {"label": "A", "seats": [seat("1", 40, 50), seat("2", 60, 50), seat("3", 80, 50)]}


def test_seats_of_a_section_stand_where_its_corner_is() -> None:
    chart, _ = read(drawing(sections=[section("Left", (0, 0), rows=[ROW]), section("Right", (600, 20), rows=[ROW])]))
    left, right = chart.sections
    assert [seat.x - left.rows[0].seats[0].x for seat in left.rows[0].seats] == [0, 5, 10]  # 20 drawn = 5 of ours
    assert right.rows[0].seats[0].x - left.rows[0].seats[0].x == 150
    assert right.rows[0].seats[0].y - left.rows[0].seats[0].y == 5
    for part in chart.sections:
        assert all(contains(part.outline, (seat.x, seat.y)) for seat in part.rows[0].seats)


def test_a_section_scale_applies_inside_of_sections() -> None:
    half = drawing(sections=[section("Left", (0, 0), rows=[ROW])]) | {"sectionScaleFactor": 50}
    chart, found = read(half)
    left = chart.sections[0]
    corner = left.outline[0]
    assert (left.rows[0].seats[1].x - left.rows[0].seats[0].x, found[0].problem) == (
        5,
        "has neither focal point nor stage",
    )
    assert left.rows[0].seats[0].x - corner[0] == 10  # 40 drawn at half size, 10 drawn units a seat


def test_marks_flags_and_categories_are_kept() -> None:
    seats_drawn = [
        seat("1", 40, 50, accessible=True, categoryKey="x"),
        seat("2", 60, 50, companionSeat=True, categoryKey=99),
        seat("3", 80, 50, restrictedView=True, semiAmbulatorySeat=True),
    ]
    one = section("Left", (0, 0), rows=[{"label": "A", "seats": seats_drawn}]) | {"entrance": "North", "zone": "z"}
    document = drawing(sections=[one]) | {
        "zones": {"list": [{"key": "z", "label": "West", "focalPoint": {"x": 0, "y": 9}}]}
    }
    chart, found = read(document)
    first, second, third = chart.sections[0].rows[0].seats
    assert first.accessible and second.companion and third.restricted_view
    assert (first.category, second.category, chart.sections[0].category) == ("boxes", None, "stalls")
    assert (chart.sections[0].zone, chart.sections[0].entrance) == ("West", "North")
    assert chart.sections[0].focal_point is not None
    assert [problem.problem for problem in found] == [
        "1 seats are marked semi-ambulatory",
        "seats of unknown category '99'",
    ]


def test_everything_that_can_be_sold_comes_over() -> None:
    table = {
        "label": "T1",
        "categoryKey": 1,
        "center": {"x": 300, "y": 300},
        "radius": 24,
        "bookAsAWhole": True,
        "seats": [seat("1", 300, 269), seat("2", 331, 300), seat("3", 300, 331), seat("4", 269, 300)],
    }
    copied = table | {"label": "T2"}
    booth = {
        "label": "B7",
        "categoryKey": "x",
        "center": {"x": 10, "y": 500},
        "width": 30,
        "height": 20,
        "type": "rectangle",
    }
    area = {
        "label": "Pit",
        "categoryKey": 1,
        "capacity": 130,
        "type": "circle",
        "center": {"x": 50, "y": 60},
        "radius1": 30,
    }
    stage = {
        "label": "Stage",
        "smartType": "stage",
        "type": "rectangle",
        "center": {"x": 200, "y": 0},
        "width": 200,
        "height": 40,
    }
    chart, found = read(
        drawing(
            rows=[ROW, {"label": None, "seats": [seat("1", 40, 70), seat("2", None, None)]}],
            tables=[table, copied],
            booths=[booth],
            generalAdmissionAreas=[area],
            shapes=[stage],
            texts=[{"text": "Bar", "center": {"x": 5, "y": 5}}],
            icons=[{"icon": "toilets", "center": {"x": 6, "y": 5}}],
            imageObjects=[{"imageUrl": "x"}],
            holograms=[{"label": "?"}],
        )
    )
    assert [(part.label, part.seat_count) for part in chart.sections] == [
        ("Seats", 5),
        ("Tables", 8),
        ("Booths", 1),
        ("Pit", 130),
    ]
    assert Counter(shape.kind for shape in chart.shapes) == {"stage": 1, "booth": 1, "table": 1, "text": 1, "icon": 1}
    one, two = chart.sections[1].rows
    assert min(seat.x for seat in two.seats) > max(seat.x for seat in one.seats)
    assert {(problem.path, problem.problem) for problem in found} >= {
        ("Tables / T1", "is sold as a whole there"),
        ("Tables / T2", "lies on top of another row"),
        ("Seats", "2 rows, tables or booths have no section"),
        ("Seats / row 2", "has no label"),
        ("Seats / ?", "1 seats have no position"),
        ("chart", "1 imageObjects are of an unknown kind"),
        ("chart", "1 holograms are of an unknown kind"),
    }


def test_a_broken_drawing_says_where() -> None:
    with pytest.raises(msgspec.DecodeError, match=r"subChart\.rows\[0\]\.seats\[1\]\.x"):
        read_seatsio(json.dumps(drawing(rows=[{"seats": [seat("1", 1, 1), {"x": "left"}]}])).encode())
    with pytest.raises(msgspec.DecodeError):
        read_seatsio(b'{"subChart": {"rows": [')


@pytest.mark.parametrize(
    ("name", "sections", "seat_count"),
    [
        ("sampleChart", 3, 232),
        ("sampleChartWithSections", 2, 71),
        ("sampleChartWithTables", 1, 12),
        ("sampleChartWithZones", 4, 8_897),
    ],
)
def test_real_drawings_come_over_whole(name: str, sections: int, seat_count: int) -> None:
    file = SHARED / "data/seating" / f"seatsio_{name}.json"
    if not file.exists():
        pytest.skip(f"{file.name} is not at hand")
    raw = file.read_bytes()
    chart, _ = finished(raw)
    assert (len(chart.sections), chart.seat_count) == (sections, seat_count)
    assert len({(seat.section, seat.row, seat.seat) for seat in seats(chart) if seat.seat}) == len(_drawn_seats(raw))
    for part in chart.sections:
        for kept in part.rows:
            assert all(contains(part.outline, (seat.x, seat.y)) for seat in kept.seats)
    assert all(0 <= x <= chart.width and 0 <= y <= chart.height for part in chart.sections for x, y in part.outline)


def _drawn_seats(raw: bytes) -> list[Any]:
    """Every seat of a drawing, found without our reader."""
    found: list[Any] = []
    waiting = [json.loads(raw)["subChart"]]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, dict):
            found += thing.get("seats", [])
            waiting += [value for key, value in thing.items() if key != "seats"]
        elif isinstance(thing, list):
            waiting += thing
    return found
