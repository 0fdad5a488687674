"""Artists and series with their events, as the index has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog import Artist, Series, register
from search import publish_index
from tests import harness
from tests.catalog.conftest import NOW, _account
from tests.search.conftest import forget_index, summary

QUARTET = Artist("art_0000000000000001", "Lindenhof Quartet", "Four strings.")
EVENINGS = Series("ser_0000000000000001", "Evenings of Strings")


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    forget_index()
    publish_index._known.clear()
    yield from _account()


def test_a_series_and_an_artist_come_with_what_is_ahead() -> None:
    """Two artists of one name are two: events are found by id."""
    register.add(QUARTET, "")
    register.add(EVENINGS, "")
    theirs = {"artist": QUARTET.name, "artist_id": QUARTET.artist_id}
    run = theirs | {"series_id": EVENINGS.series_id}
    season = [
        summary(1, **run, starts_at=NOW + timedelta(days=3)),
        summary(2, **run, starts_at=NOW + timedelta(days=2)),
        summary(3, **theirs),
        summary(4, artist=QUARTET.name),
        summary(5, **run, starts_at=NOW - timedelta(hours=1)),
    ]
    publish_index.publish_changes({found.event_id: found for found in season}, NOW)
    for kind, thing, expected in (("artist", QUARTET.artist_id, "213"), ("series", EVENINGS.series_id, "21")):
        status, shown, headers = harness.call(f"search.show_{kind}", path={f"{kind}Id": thing}, now=NOW)
        assert (status, headers["cache-control"]) == (200, "public, max-age=60")
        assert "".join(found["eventId"][-1] for found in shown["events"]) == expected
        assert harness.call(f"search.show_{kind}", path={f"{kind}Id": f"{thing[:-1]}2"}, now=NOW)[0] == 404
    found = harness.call("search.search_events", query={"seriesId": EVENINGS.series_id}, now=NOW)[1]["events"]
    assert [(event["artistId"], event["seriesId"]) for event in found] == [(QUARTET.artist_id, EVENINGS.series_id)] * 2
    by_name = harness.call("search.search_events", query={"artist": "lindenhof quartet"}, now=NOW)[1]
    assert by_name["page"]["totalElements"] == 4
