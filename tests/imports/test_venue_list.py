"""Lists of venues: columns by many names, positions that are missing or wrong, and the line each problem is on."""

from __future__ import annotations

import pytest

from infra.imports.report import Draft, Skipped
from infra.imports.venue_list import NotAList, read_venues
from tests.imports.conftest import SHARED

REAL = SHARED / "data/catalog/songkick_venues.csv"
HEAD = "name,id,city,lat,lng\n"


def lines(text: str) -> list[Draft | Skipped]:
    return read_venues(text.encode())[0]


def why(text: str) -> str:
    record = lines(HEAD + text)[-1]
    assert isinstance(record, Skipped), record
    return f"{record.place}: {record.why}"


def test_a_line_is_a_venue() -> None:
    (record,) = lines(HEAD + "Ünïcode Halle,7,Wien,48.2131,16.3925\n")
    assert record == Draft(
        "line 2 (Ünïcode Halle)",
        "venue-list:7",
        {
            "name": "Ünïcode Halle",
            "city": "Wien",
            "countryCode": "AT",
            "timezone": "Europe/Vienna",
            "latitude": 48.2131,
            "longitude": 16.3925,
        },
    )


def test_columns_have_many_names_and_strange_ones_are_told() -> None:
    text = "\ufeffName;Metro Area;Latitude;Longitude;Country Code;Time zone;Address;capacity\n"
    found, unread = read_venues((text + 'Keller;Wien;48,2;"16,3";at;Europe/Vienna;Gasse 1;300\n').encode())
    assert unread == ["capacity"]
    assert isinstance(found[0], Draft)
    assert found[0].body["latitude"] == 48.2
    assert (found[0].body["countryCode"], found[0].body["address"]) == ("AT", "Gasse 1")
    assert found[0].key == "venue-list:Keller, Wien"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (",1,Wien,48,16\n", "line 2: it has no name"),
        ("Keller,1,,48,16\n", "line 2 (Keller): it names no city"),
        ("Keller,1,Wien,north,16\n", "line 2 (Keller): its position 'north, 16' is not two numbers"),
        ("Keller,1,Wien,91,16\n", "line 2 (Keller): its position 91, 16 is not on the globe"),
        ("Keller,1,Wien,,\n", "line 2 (Keller): it has no position, nor has any other venue of Wien"),
        ("Raft,1,Atlantis,30.1,-40.2\n", "line 2 (Raft): its position is at sea, where no time zone is"),
        ("A,1,Wien,48.2,16.3\n\nB,1,Wien,48.3,16.4\n", "line 4 (B): it is the venue of line 2 again"),
        (
            "Keller,1,Wien,48.2,16.3\nKELLER,2,Wien,48.2001,16.3\n",
            "line 3 (KELLER): it is the venue of line 2 again, under another id",
        ),
        (
            "Keller,1,Wien,48.2,16.3,extra\n",
            "line 2 (Keller): it has more columns than the first line: a text with a comma needs quotes",
        ),
        (
            "A,1,Springfield,39.8,-89.6\nB,2,Springfield,42.1,-72.5\nC,3,Springfield,,\n",
            "line 4 (C): it has no position, and the venues of Springfield are too far apart to be of one city",
        ),
        ('"two\nlines",1,Wien,48.2,16.3\nB,2,Wien,x,y\n', "line 4 (B): its position 'x, y' is not two numbers"),
    ],
)
def test_a_problem_has_its_line(text: str, said: str) -> None:
    assert why(text) == said


def test_venues_of_one_name_in_two_places_are_two() -> None:
    assert all(isinstance(record, Draft) for record in lines(HEAD + "A,1,Wien,48.2,16.3\nA,2,Wien,48.3,16.3\n"))


def test_a_venue_without_a_position_stands_in_the_middle_of_its_city() -> None:
    found = lines(HEAD + "A,1,Wien,48.2,16.3\nB,2,Wien,48.4,16.5\nC,3,wien,0,0\n")
    assert isinstance(found[2], Draft)
    assert (found[2].body["latitude"], found[2].body["longitude"]) == (48.3, 16.4)
    assert found[2].mended == ("without a position, it is placed in the middle of the other venues of wien",)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "name,lat\n", 'name,city\n"' + "x" * 200_000 + '"\n'])
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(NotAList):
        read_venues(text.encode())


def test_a_list_as_old_programs_write_it() -> None:
    found, _ = read_venues((HEAD + "Café,1,Wien,48.2,16.3\n").encode("cp1252"))
    assert isinstance(found[0], Draft)
    assert found[0].body["name"] == "Café"


@pytest.mark.skipif(not REAL.exists(), reason="the real list is not on this machine")
def test_the_real_list() -> None:
    found, unread = read_venues(REAL.read_bytes())
    left_out = [record for record in found if isinstance(record, Skipped)]
    assert (len(found), unread) == (10_937, ["capacity"])
    assert len(left_out) < 300
    assert len({record.key for record in found if isinstance(record, Draft)}) == len(found) - len(left_out)
