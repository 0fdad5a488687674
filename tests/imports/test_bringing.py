"""What was read is created through the organizer's API: once, and nothing without a word."""

from __future__ import annotations

import pytest

import catalog
from infra.imports import __main__ as command
from infra.imports.organizer import Organizer
from infra.imports.venue_list import read_venues
from tests.imports.conftest import NOW, Told, event, page, read, venue


def bring(olga: Organizer | None, *events: object) -> Told:
    report = Told()
    command.bring_events(read(*events), olga, report, NOW)
    return report


def test_events_arrive_announced_and_a_second_run_changes_nothing(olga: Organizer) -> None:
    club = {"name": "Club", "startDateTime": "2030-02-27T09:00:00Z", "endDateTime": "2030-03-01T09:00:00Z"}
    first = bring(
        olga,
        event(sales__presales=[club]),
        event(id="later", dates__start__noSpecificTime=True),
        event(id="x", dates={}),
    )
    assert first.summary() | {"mended": 0} == {
        "records": 4,
        "imported": 3,
        "already there": 0,
        "would be imported": 0,
        "mended": 0,
        "skipped": 1,
        "refused": 0,
    }
    created = [found for _, found in catalog.upcoming(NOW.isoformat())]
    assert [found.name for found in created] == ["An Evening of Strings"] * 2
    assert [[presale.name for presale in found.presales] for found in created] == [["Club"], []]
    assert {(found.status, found.chart_hash, found.venue.name) for found in created} == {
        ("scheduled", "", "Halle am Fluss")
    }
    second = bring(olga, event(), event(id="later", dates__start__noSpecificTime=True))
    assert second.counts == {"already there": 3, "mended": 0}
    assert [found for _, found in catalog.upcoming(NOW.isoformat())] == created


def test_a_record_that_changed_stays_as_it_is_and_that_is_said(olga: Organizer) -> None:
    bring(olga, event())
    report = bring(olga, event(name="Another Evening"))
    assert report.lines[-1].endswith("already there, and stays as it is: name differ now")
    assert [found.name for _, found in catalog.upcoming(NOW.isoformat())] == ["An Evening of Strings"]


def test_an_event_that_is_over_is_left_out_with_its_day(olga: Organizer) -> None:
    report = bring(olga, event(dates__start={"localDate": "2019-09-08", "localTime": "19:00:00"}))
    assert report.lines == [
        "page.json, event 1 “An Evening of Strings”: skipped, it was on 2019-09-08, which is over (see --shift-to)"
    ]


def test_what_the_api_refuses_is_said_with_its_word(olga: Organizer) -> None:
    far = {"localDate": "2050-05-10", "localTime": "19:00:00"}
    report = bring(olga, event(dates__start=far), event(id="next", _embedded__venues=[venue(id="2", name="Keller")]))
    assert report.counts["refused"] == 1
    assert "refused, 422 invalid-event: startsAt must lie in the next three years." in " ".join(report.lines)
    assert report.counts["imported"] == 3


def test_a_dry_run_asks_nobody() -> None:
    assert bring(None, event(), event(id="later")).counts == {"would be imported": 3, "mended": 0}


def test_venues_of_a_list(olga: Organizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "AT_ONCE", 1)  # moto is of one thread
    found, _ = read_venues(b"name,id,city,lat,lng\nKeller,1,Wien,48.2,16.3\nDachboden,2,Wien,,\n,3,Wien,,\n")
    done: list[int] = []
    report = Told(quiet=True)
    command.bring_venues(found, olga, report, done.append)
    assert done == [1, 2, 3]
    assert report.lines == [
        "line 3 (Dachboden): imported\n    without a position, it is placed in the middle of the other venues of Wien",
        "line 4: skipped, it has no name",
    ]
    again = Told(quiet=True)
    command.bring_venues(found, olga, again)
    assert again.counts["already there"] == 2 and again.counts["imported"] == 0


def test_the_command_says_what_it_cannot_read(capsys: pytest.CaptureFixture[str], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("pages")
    (folder / "page.json").write_bytes(page(event()))
    (folder / "other.json").write_text("{}")
    assert command.main(["import-discovery", str(folder / "page.json"), "--dry-run", "--shift-to", "2090-01-01"]) == 0
    assert '"would be imported": 2' in capsys.readouterr().out.splitlines()[-1]
    for arguments, said in (
        (["import-discovery", str(folder / "other.json"), "--dry-run"], "no answer of the Discovery API"),
        (["import-discovery", str(folder / "absent.json"), "--dry-run"], "cannot be read"),
        (["import-venues", str(folder / "other.json"), "--dry-run"], "names no column 'name'"),
        (["import-venues", str(folder / "other.json"), "--site", "https://tickets.example"], "names no column"),
    ):
        with pytest.raises(SystemExit) as stopped:
            command.main(arguments)
        assert said in str(stopped.value)
