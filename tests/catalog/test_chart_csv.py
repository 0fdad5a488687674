"""Tables of seats: whatever a spreadsheet does to them, nothing is dropped without a word."""

from __future__ import annotations

from itertools import pairwise

import pytest

from catalog import seats
from catalog.chart_formats import read_chart
from catalog.charts import Chart
from catalog.problems import ChartProblem, InvalidChart


def read(text: str | bytes) -> tuple[Chart, list[ChartProblem]]:
    return read_chart(text.encode() if isinstance(text, str) else text, "csv")


def labels(chart: Chart) -> list[str]:
    return [f"{seat.section}/{seat.row}/{seat.seat}" for seat in seats(chart)]


def test_seats_stand_where_the_table_says_neighbours_five_apart() -> None:
    chart, _ = read(
        "section,row,seat,x,y,category\nStalls,A,1,0,0,Gold\nStalls,A,2,20,0,Gold\nStalls,B,1,0,40,Silver\n"
    )
    a, b = chart.sections[0].rows
    assert a.seats[1].x - a.seats[0].x == 5
    assert b.seats[0].y - a.seats[0].y == 10
    assert [category.label for category in chart.categories] == ["Gold", "Silver"]
    assert [seat.category for seat in seats(chart)] == ["gold", "gold", "silver"]


def test_ranges_are_the_seats_they_stand_for() -> None:
    chart, found = read('section,row,seat\nStalls,A,"1-10,12-16"\nStalls,B,9–11\nStalls,C,A-12\n')
    assert [label.rpartition("/")[2] for label in labels(chart)[:15]] == [
        *map(str, range(1, 11)),
        *map(str, range(12, 17)),
    ]
    assert labels(chart)[15:] == ["Stalls/B/9", "Stalls/B/10", "Stalls/B/11", "Stalls/C/A-12"]
    assert ("Stalls", "19 seats have no position") in [(each.path, each.problem) for each in found]


@pytest.mark.parametrize(
    "table",
    ["section,row,seat\nStalls,A,1-2,4-5,7,,\n", "section;row;seat;category\nStalls;A;1-2;4-5;7;Gold\n"],
)
def test_a_list_of_seats_that_nobody_quoted_is_taken_whole(table: str) -> None:
    chart, found = read(table)
    assert [label.rpartition("/")[2] for label in labels(chart)] == ["1", "2", "4", "5", "7"]
    assert ("line 2", "'1-2,4-5,7' taken as its seats") in [(each.path, each.repair) for each in found]


def test_what_no_column_names_is_said() -> None:
    _, found = read("section,row,seat\nStalls,A,1,Gold\nStalls,A,2,\n")
    said = [(each.path, each.problem) for each in found if each.path.startswith("line")]
    assert said == [("line 2", "has more cells than columns ('Gold')")]


def test_no_column_takes_anothers_place_in_silence() -> None:
    chart, found = read("section,area,row,seat\nEast,A,1,1-3\nWest,A,1,1-3\n")
    assert labels(chart) == [f"{section}/1/{seat}" for section in ("East", "West") for seat in (1, 2, 3)]
    assert ("file", "the column 'area' is of an unknown kind") in [(each.path, each.problem) for each in found]
    _, found = read("section,row,seat,seat\nEast,1,1,2\n")
    assert ("file", "the column 'seat' is there twice") in [(each.path, each.problem) for each in found]


@pytest.mark.parametrize("backwards", ["16-12", "1-100000"])
def test_what_is_no_range_is_a_label(backwards: str) -> None:
    chart, found = read(f"section,row,seat\nStalls,A,{backwards}\n")
    assert labels(chart) == [f"Stalls/A/{backwards}"]
    assert any(each.path == "line 2" and backwards in each.problem for each in found)


def test_sections_without_coordinates_lie_below_the_others_and_on_nobody() -> None:
    chart, _ = read("section,row,seat,x,y\nBox,1,1-4,,\nStalls,A,1,0,0\nStalls,A,2,5,0\nLoge,1,1-3,,\n")
    box, stalls, loge = (section.rows[0].seats for section in chart.sections)
    assert stalls[0].y < box[0].y < loge[0].y
    places = [(seat.x, seat.y) for section in (box, stalls, loge) for seat in section]
    assert len(set(places)) == len(places) == 9


@pytest.mark.parametrize("step", [50, -50])
def test_ranges_with_coordinates_stand_beside_each_other(step: int) -> None:
    """Where a range begins says how far apart its seats are, and to which side they go on."""
    lines = [
        f"Stalls,{row},{first}-{first + 9},{first // 10 * step},{row * 10}" for row in (1, 2) for first in (1, 11, 21)
    ]
    chart, _ = read("\n".join(["section,row,seat,x,y", *lines]))
    one, other = chart.sections[0].rows
    xs = [seat.x for seat in one.seats]
    assert {round(after - before, 1) for before, after in pairwise(xs)} == {5 if step > 0 else -5}
    assert round(other.seats[0].y - one.seats[0].y, 1) == 10


@pytest.mark.parametrize(
    "raw",
    [
        "Block;Row;Number;X;Y\nA;1;1;2,5;0\nA;1;2;7,5;0\n".encode("utf-16"),
        b"\xef\xbb\xbfsection\trow\tseat\tx\ty\r\nA\t1\t1\t2.5\t0\r\nA\t1\t2\t7.5\t0\r\n",
        b"\n\nSECTION,Row,Seat,X,Y\nA,1,1,2.5,0\n,,,,\n\nA,1,2,7.5,0",
    ],
)
def test_a_spreadsheets_habits(raw: bytes) -> None:
    chart, _ = read(raw)
    assert labels(chart) == ["A/1/1", "A/1/2"]
    assert chart.sections[0].rows[0].seats[1].x - chart.sections[0].rows[0].seats[0].x == 5


def test_an_old_code_page_is_read_and_said() -> None:
    chart, found = read("section,row,seat\nBühne,1,1\n".encode("cp1252"))
    assert labels(chart) == ["Bühne/1/1"]
    assert ("file", "is not in UTF-8") in [(each.path, each.problem) for each in found]


def test_marks_areas_floors_and_unknown_columns() -> None:
    chart, found = read(
        "section,row,seat,capacity,accessible,companion,restricted view,floor,colour\n"
        "Floor,,,200,,,,Ground,red\nStalls,A,1,,yes,,,Upper,\nStalls,A,2,,,x,1,,\n"
    )
    floor, stalls = chart.sections
    assert (floor.capacity, floor.floor, stalls.floor) == (200, "Ground", "Upper")
    first, second = stalls.rows[0].seats
    assert (first.accessible, second.companion, second.restricted_view) == (True, True, True)
    assert ("file", "the column 'colour' is of an unknown kind") in [(each.path, each.problem) for each in found]


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ("A,1,1,,,", "line 3", "the seat A / 1 / 1 is there twice"),
        ("A,1,2,east,3,", "line 3", "is no position"),
        ("A,1,2,nan,3,", "line 3", "is no position"),
        ("B,,,,,many", "line 3", "no number"),
        ("B,,2,,,", "B / row 1", "has no label"),
    ],
)
def test_a_dirty_line_is_said_with_its_place(line: str, path: str, said: str) -> None:
    _, found = read(f"section,row,seat,x,y,capacity\nA,1,1,,,\n{line}\n")
    assert any(each.path == path and said in each.problem and each.repair for each in found), found


def test_seats_in_several_lines_without_a_row_get_rows() -> None:
    table = ["section,row,seat,x,y", *(f"Сцена, ,{n},{n % 5 * 5},{n // 5 * 10}" for n in range(20))]
    chart, found = read("\n".join(table))
    assert [len(row.seats) for row in chart.sections[0].rows] == [5, 5, 5, 5]
    assert any("20 seats in 4 lines have no row" in each.problem for each in found)


@pytest.mark.parametrize(
    "raw", ["section,row,seat\n", "section,row,seat\nA,,,5\n", 'section,row,seat\n"' + "x" * 200_000]
)
def test_a_table_without_seats_is_refused(raw: str) -> None:
    with pytest.raises(InvalidChart):
        read(raw)
