"""Charts that would harm: too many seats, too large, archives, pictures with scripts, sections over each other."""

from __future__ import annotations

import gzip
import io
import zipfile
from functools import cache

import pytest
from msgspec.structs import replace

from catalog import import_chart
from catalog.chart_formats import read_chart
from catalog.charts import Chart, Row, Seat, Section, encode
from kit import settings
from tests import harness
from tests.catalog.conftest import OLGA, brought, hall, row

SCRIPT = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect onload="alert(2)"/></svg>"""


@pytest.fixture
def _nothing_kept(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(*_: object) -> None:
        raise AssertionError("a refused chart was kept")

    monkeypatch.setattr(import_chart, "save_chart", keep)


def standing(count: int) -> Chart:
    """So many places in areas of 50,000 and one of what is left."""
    sizes = [50_000] * (count // 50_000) + ([count % 50_000] if count % 50_000 else [])
    area = hall().sections[1]
    outlines = [[(x + 90.0 * i, y) for x, y in area.outline] for i in range(len(sizes))]
    sections = [
        replace(area, key=f"a{i}", label=f"Area {i}", capacity=size, outline=outline)
        for i, (size, outline) in enumerate(zip(sizes, outlines, strict=True))
    ]
    return replace(hall(), width=900, sections=sections)


@cache
def zip_bomb() -> bytes:
    """A hundred megabytes of nothing in a hundred kilobytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("chart.json", b" " * 100_000_000)
    return file.getvalue()


@pytest.mark.usefixtures("_nothing_kept")
@pytest.mark.parametrize(
    ("raw", "drawn_as", "word", "said"),
    [
        (encode(standing(200_001)), "boxoffice", "too-many-seats", "has 200,001 seats; at most 200,000 can be sold"),
        (zip_bomb(), "boxoffice", "no-plain-file", "it is compressed: upload what is in it"),
        (zip_bomb(), "csv", "no-plain-file", "it is compressed: upload what is in it"),
        (gzip.compress(encode(hall())), "seatsio", "no-plain-file", "it is compressed: upload what is in it"),
        (SCRIPT, "csv", "no-plain-file", "it is a picture or a page: upload the drawing itself"),
        (b"\xef\xbb\xbf\n" + SCRIPT, "pretix", "no-plain-file", "it is a picture or a page: upload the drawing itself"),
        (b"[" * 100_000, "seatsio", "invalid-chart", ""),
        ('{"name": "Bühne", "zones": []}'.encode("latin-1"), "pretix", "invalid-chart", "utf-8"),
        (b"section,row,seat,capacity\nPit,,,999999999\n", "csv", "too-many-seats", "has 999,999,999 seats"),
    ],
)
def test_a_harmful_file_is_refused_by_its_word(raw: bytes, drawn_as: str, word: str, said: str) -> None:
    ended = brought(raw, drawn_as)
    assert (ended["status"], ended["problem"], ended["problems"][0]["path"]) == (
        "failed",
        word,
        "chart" if word == "too-many-seats" else "file",
    )
    assert said in ended["reason"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("capacity", [10**15, 10**30])
def test_a_capacity_beyond_all_memory_is_only_a_number(capacity: int) -> None:
    endless = replace(hall().sections[1], capacity=capacity)
    ended = brought(encode(replace(hall(), sections=[endless])))
    assert (ended["status"], ended["problem"]) == ("failed", "too-many-seats")
    table = f"section,row,seat,capacity\nPit,,,{'9' * 5_000}\nStalls,A,1,\n"
    assert brought(table.encode(), "csv")["problems"][0]["path"] == "line 2"


@pytest.mark.usefixtures("aws")
def test_a_byte_order_mark_is_no_fault() -> None:
    assert brought(b"\xef\xbb\xbf" + encode(hall()))["status"] == "completed"


@pytest.mark.usefixtures("aws")
def test_as_many_seats_as_can_be_sold_are_taken() -> None:
    ended = brought(encode(standing(200_000)))
    assert (ended["status"], ended["chart"]["seatCount"]) == ("completed", 200_000)


@pytest.mark.usefixtures("aws")
def test_fifty_megabytes_are_refused_before_they_are_sent() -> None:
    status, problem, _ = harness.call("catalog.request_chart_upload", body={"sizeBytes": 50 * 1024 * 1024}, **OLGA)
    assert (status, problem["type"].rpartition("/")[2], problem["limitBytes"]) == (413, "too-large", 20 * 1024 * 1024)


@pytest.mark.usefixtures("aws")
def test_a_script_in_a_label_is_only_text_in_the_picture() -> None:
    evil = replace(hall().sections[0], label="</text><script>alert(1)</script>")
    chart = brought(encode(replace(hall(), name='"><script>x</script>', sections=[evil])))["chart"]
    where = {"Bucket": "test-charts", "Key": chart["previewUrl"].removeprefix("/")}
    picture = settings.client("s3").get_object(**where)["Body"].read()
    assert b"<script" not in picture and b"&lt;script&gt;" in picture


def said_of(*sections: Section) -> list[tuple[str, str, str]]:
    _, found = read_chart(encode(replace(hall(), width=400, height=400, sections=list(sections))), "boxoffice")
    return [(problem.path, problem.problem, problem.repair) for problem in found if "overlaps" in problem.problem]


def seated(key: str, label: str, y: float, floor: str | None = None) -> Section:
    return Section(key, label, "stalls", [], [row("A", 4, y), row("B", 4, y + 10)], floor=floor)


def area(label: str, left: float, top: float) -> Section:
    outline = [(left, top), (left + 50, top), (left + 50, top + 30), (left, top + 30)]
    return replace(hall().sections[1], key=label.lower(), label=label, outline=outline)


def test_sections_over_each_other_are_told_with_their_place() -> None:
    assert said_of(seated("a", "Left", 40), seated("b", "Right", 51)) == [
        ("Right", "overlaps 'Left': 4 seats on one spot (A 1, A 2, A 3, …)", "")
    ]
    heap = Row("A", [Seat(str(number), 20, 40) for number in range(1, 4)])
    assert said_of(Section("a", "Left", "stalls", [], [heap])) == [
        ("Left", "overlaps itself: 2 seats on one spot (A 2, A 3)", "")
    ]
    assert said_of(seated("a", "Left", 40), area("Pit", 10, 45)) == [
        ("Left", "overlaps 'Pit': 4 of its seats stand in there", "")
    ]
    assert said_of(area("Pit", 10, 40), area("Ring", 30, 60)) == [
        ("Ring", "overlaps 'Pit': both are general admission", "")
    ]


def test_sections_beside_or_above_each_other_do_not_overlap() -> None:
    assert said_of(seated("a", "Left", 40), seated("b", "Right", 60), area("Pit", 10, 100)) == []
    assert said_of(seated("a", "Stalls", 40, "Ground"), seated("b", "Balcony", 40, "First")) == []
