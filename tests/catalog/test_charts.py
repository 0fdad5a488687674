"""The chart format: seat order, addresses, names by content, and what is mended or refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from catalog import place, seats
from catalog.chart_checks import faults, mend
from catalog.charts import Chart, Row, Seat, Section, encode, hash_of
from catalog.geometry import contains
from catalog.problems import ChartProblem
from tests.catalog.conftest import hall, row

SEAT_ID = re.compile(r"[a-z0-9]{1,16}-\d{1,4}-\d{1,2}")


def with_rows(*rows: Row) -> Chart:
    chart = hall()
    return replace(chart, sections=[replace(chart.sections[0], rows=list(rows)), chart.sections[1]])


def problems(found: list[ChartProblem]) -> list[tuple[str, str]]:
    return [(problem.path, problem.problem) for problem in found]


def test_seats_come_in_the_order_of_the_bitmap() -> None:
    everything = list(seats(hall()))
    assert [seat.seat_id for seat in everything[:11]] == [*(f"st-0-{i}" for i in range(10)), "st-1-0"]
    assert everything[17].seat_id == "st-1-7" and everything[18].seat_id == "fl-0-0"
    assert everything[-1].seat_id == "fl-2-3"  # 100 = 48 + 48 + 4
    assert len(everything) == hall().seat_count == 118
    first, standing = everything[0], everything[18]
    assert (first.section, first.row, first.seat, first.category) == ("Stalls", "A", "1", "stalls")
    assert standing.general_admission and (standing.section, standing.row, standing.seat) == ("Floor", "", "")
    assert place(hall().sections[0], 1, 7) == everything[17]


def test_a_chart_is_named_by_its_content() -> None:
    assert hash_of(encode(hall())) == hash_of(encode(hall()))
    moved = replace(hall(), focal_point=replace(hall().focal_point, x=46.0))
    assert hash_of(encode(moved)) != hash_of(encode(hall()))


def test_a_good_chart_passes_unchanged() -> None:
    assert list(faults(hall())) == []
    assert mend(hall()) == (hall(), [])


def test_wide_rows_are_split_evenly_and_keep_their_label() -> None:
    chart = with_rows(row("A", 100, 40))
    chart = replace(chart, width=600, sections=[replace(chart.sections[0], outline=[]), chart.sections[1]])
    mended, found = mend(chart)
    assert [(part.label, len(part.seats)) for part in mended.sections[0].rows] == [("A", 34), ("A", 34), ("A", 32)]
    assert problems(found) == [("Stalls", "1 rows have more than 48 seats")]
    assert [seat.seat for seat in seats(mended)][:100] == [str(i) for i in range(1, 101)]


def test_blank_and_repeated_labels_are_mended_and_reported() -> None:
    chart = with_rows(
        Row("A", [Seat("1", 20, 40), Seat("1", 25, 40), Seat("", 30, 40), Seat("7", 35, 40)]),
        Row("A", [Seat("1", 20, 45)]),
        Row(" ", [Seat("1", 20, 50)]),
        Row("C", []),
    )
    mended, found = mend(chart)
    assert [(part.label, [seat.label for seat in part.seats]) for part in mended.sections[0].rows] == [
        ("A", ["1", "8", "9", "7"]),
        ("A (2)", ["1"]),
        ("3", ["1"]),
    ]
    assert problems(found) == [
        ("Stalls / A", "seats have no label, or share one"),
        ("Stalls / A", "another row has the same label and seats"),
        ("Stalls / row 3", "has no label"),
        ("Stalls / C", "the row is empty"),
    ]
    assert all(problem.repair for problem in found)


def test_sections_get_keys_and_labels_of_their_own() -> None:
    stalls, floor = hall().sections
    twin = replace(stalls, rows=[row("A", 2, 55)])
    cyrillic = replace(stalls, key="", label="Партер", rows=[row("A", 2, 57)])
    mended, found = mend(replace(hall(), sections=[stalls, twin, cyrillic, floor]))
    assert [(section.key, section.label) for section in mended.sections] == [
        ("st", "Stalls"),
        ("st2", "Stalls (2)"),
        ("s", "Партер"),
        ("fl", "Floor"),
    ]
    assert problems(found) == [
        ("Stalls", "its label is taken or not clean"),
        ("Stalls (2)", "the key 'st' is taken or malformed"),
    ]


def test_seats_outside_their_outline_widen_it() -> None:
    chart = with_rows(row("A", 10, 40), row("B", 3, 65))
    mended, found = mend(chart)
    assert problems(found) == [("Stalls", "3 seats lie outside the outline")]
    outline = mended.sections[0].outline
    assert all(contains(outline, (seat.x, seat.y)) for part in mended.sections[0].rows for seat in part.seats)


def test_unknown_and_unused_categories() -> None:
    chart = with_rows(Row("A", [Seat("1", 20, 40, category="gold"), Seat("2", 25, 40, category="floor")]))
    chart = replace(chart, sections=[chart.sections[0]])
    mended, found = mend(replace(chart, sections=[replace(chart.sections[0], category="Ränge")]))
    assert [category.key for category in mended.categories] == ["floor", "range"]
    assert [seat.category for seat in seats(mended)] == ["range", "floor"]
    assert problems(found) == [
        ("Stalls", "has no known category"),
        ("Stalls", "seats of unknown category 'gold'"),
        ("Stalls", "no seat is in this category"),
    ]


def test_labels_lose_control_and_direction_signs() -> None:
    mended, found = mend(
        replace(hall(), name="Ha\x00ll\u202e", sections=[replace(hall().sections[0], label="St\nalls")])
    )
    assert (mended.name, mended.sections[0].label) == ("Ha ll", "St alls")
    assert ("St\nalls", "its label is taken or not clean") in problems(found)


@pytest.mark.parametrize(
    ("chart", "path", "problem"),
    [
        (replace(hall(), sections=[]), "chart", "has no seats"),
        (
            replace(hall(), sections=[replace(hall().sections[1], capacity=50_001)]),
            "Floor",
            "its capacity must be 1 to 50,000",
        ),
        (
            replace(hall(), sections=[replace(hall().sections[0], capacity=10)]),
            "Stalls",
            "has both rows and a general-admission capacity",
        ),
        (with_rows(Row("A", [Seat("1", float("inf"), 0)])), "Stalls / A / 1", "(inf, 0) is no usable position"),
        (
            replace(hall(), sections=[replace(hall().sections[1], capacity=50_000, key=f"s{i}") for i in range(5)]),
            "chart",
            "has 250,000 seats; at most 200,000 can be sold",
        ),
    ],
)
def test_what_nobody_can_guess_is_refused(chart: Chart, path: str, problem: str) -> None:
    assert (path, problem) in problems(list(faults(chart)))


labels = st.sampled_from(["", " ", "A", "B", "1", "2", "1", "\u202e", "x" * 200, "Ряд"])
coordinates = st.floats(-500, 500)
dirty_seats = st.builds(Seat, labels, coordinates, coordinates, category=st.sampled_from([None, "stalls", "gold"]))
dirty_rows = st.builds(Row, labels, st.lists(dirty_seats, max_size=60))
dirty_sections = st.builds(
    Section,
    key=st.sampled_from(["", "a", "a", "A!", "x" * 40]),
    label=labels,
    category=st.sampled_from(["", "stalls", "void"]),
    outline=st.lists(st.tuples(coordinates, coordinates), max_size=5),
    rows=st.lists(dirty_rows, min_size=1, max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(dirty_sections, min_size=1, max_size=4))
def test_whatever_is_mended_can_be_sold_from(sections: list[Section]) -> None:
    chart = replace(hall(), sections=sections)
    if list(faults(chart)):
        return
    mended, _ = mend(chart)
    everything = list(seats(mended))
    assert mended.seat_count == len(everything) == chart.seat_count
    assert len({seat.seat_id for seat in everything}) == len(everything)
    assert len({(seat.section, seat.row, seat.seat) for seat in everything}) == len(everything)
    assert all(SEAT_ID.fullmatch(seat.seat_id) for seat in everything)
    assert all(seat.section and seat.row and seat.seat for seat in everything)
    assert {seat.category for seat in everything} == {category.key for category in mended.categories}
    assert max(len(part.seats) for section in mended.sections for part in section.rows) <= 48
    assert list(faults(mended)) == []
    again, nothing = mend(mended)
    assert again == mended and nothing == []
