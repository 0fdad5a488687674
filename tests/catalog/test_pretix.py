"""Seating plans of pretix: geometry, and nothing dropped without a word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog import seats
from catalog.chart_formats import read_chart
from catalog.charts import Chart
from catalog.geometry import contains
from catalog.problems import ChartProblem, InvalidChart


def read(plan: dict[str, Any]) -> tuple[Chart, list[ChartProblem]]:
    return read_chart(json.dumps(plan).encode(), "pretix")


def xy(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def seat(number: str, x: float, category: str = "Stalls", guid: str = "") -> dict[str, Any]:
    return {"seat_guid": guid or f"g-{number}-{x}", "seat_number": number, "position": xy(x, 0), "category": category}


def row(number: str, y: float, *row_seats: dict[str, Any]) -> dict[str, Any]:
    return {"row_number": number, "position": xy(10, y), "seats": list(row_seats)}


def plan(*zones: dict[str, Any]) -> dict[str, Any]:
    categories = [{"name": "Stalls", "color": "#112233"}, {"name": "Löge", "color": "blue"}]
    return {"name": "Haus", "size": {"width": 500, "height": 500}, "categories": categories, "zones": list(zones)}


def zone(name: str, x: float, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "position": xy(x, 100), "rows": list(rows), **more}


TWO = (seat("1", 0), seat("2", 25))


def test_a_seat_stands_relative_to_its_row_and_zone() -> None:
    chart, _ = read(plan(zone("Left", 0, row("A", 0, *TWO), row("B", 50, *TWO)), zone("Right", 500, row("A", 0, *TWO))))
    left, right = chart.sections
    assert left.rows[0].seats[1].x - left.rows[0].seats[0].x == 5
    assert left.rows[1].seats[0].y - left.rows[0].seats[0].y == 10
    assert right.rows[0].seats[0].x - left.rows[0].seats[0].x == 100
    assert all(contains(part.outline, (each.x, each.y)) for part in chart.sections for each in part.rows[0].seats)


def test_categories_keep_their_names_and_get_colors() -> None:
    chart, _ = read(plan(zone("Main", 0, row("A", 0, *TWO, seat("3", 50, "Löge")), row("B", 9, seat("1", 0, "Gold")))))
    assert [(each.key, each.label) for each in chart.categories][:2] == [("stalls", "Stalls"), ("loge", "Löge")]
    assert all(each.color.startswith("#") for each in chart.categories)
    assert [each.category for each in seats(chart)][:3] == ["stalls", "stalls", "loge"]


def test_areas_are_scenery_and_a_stage_is_what_everybody_looks_at() -> None:
    stage = {"shape": "rectangle", "position": xy(0, -80), "rectangle": {"width": 200, "height": 40}, "rotation": 0}
    words = {"shape": "text", "position": xy(5, 5), "text": {"text": "Bar", "position": xy(0, 0)}}
    stage["text"] = {"text": "Bühne", "position": xy(100, 20)}
    chart, _ = read(plan(zone("Main", 0, row("A", 0, *TWO), areas=[stage, words])))
    assert [(shape.kind, shape.label) for shape in chart.shapes] == [("stage", "Bühne"), ("text", "Bar")]
    assert chart.focal_point.y < chart.sections[0].rows[0].seats[0].y


def test_what_is_dirty_is_said_with_its_place() -> None:
    copied = row("A", 0, seat("1", 0, guid="same"), seat("1", 25, guid="same"))
    blank = row("", 60, {"seat_guid": "x", "seat_number": "", "category": "Stalls"}, seat("2", 25, ""))
    chart, found = read(plan(zone("Main", 0, copied, row("C", 30), blank), zone("", 300)))
    said = {(each.path, each.problem) for each in found}
    assert ("chart", "1 seat_guids are there twice ('same')") in said
    assert ("Main / C", "the row is empty") in said
    assert ("Main / ? / ?", "has no position") in said
    assert ("Zone 2", "the zone has no seats") in said
    assert [each.problem for each in found if not each.repair] == ["overlaps itself: 1 seats on one spot (2 2)"]
    assert len(list(seats(chart))) == len({each.seat_id for each in seats(chart)}) == 4


@pytest.mark.parametrize("broken", [{}, {"zones": None}, {"zones": [{}]}, {"zones": []}])
def test_what_is_no_plan_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(InvalidChart):
        read(broken)
