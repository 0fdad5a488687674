"""Events and venues through their front doors: created, checked, shown, listed, put on sale."""

from __future__ import annotations

from datetime import timedelta

import pytest

import catalog
from catalog import EventNotSellable
from kit.errors import NotFound
from tests import harness
from tests.catalog.conftest import NOW, OLGA, VENUE, event, event_body, hall, imported, venue

pytestmark = pytest.mark.usefixtures("aws")


def test_an_event_is_created_and_shown() -> None:
    created = event()
    status, shown, headers = harness.call("catalog.show_event", path={"eventId": created["eventId"]})
    assert (status, shown) == (200, created)
    assert headers["cache-control"] == "public, max-age=30"
    assert shown["venue"]["name"] == VENUE["name"]
    assert (shown["status"], shown["availability"], shown["seatCount"]) == ("scheduled", "unknown", 0)
    assert shown["seatMapUrl"] == f"/charts/{shown['chartHash']}.json"
    assert (shown["limitPerPerson"], shown["leaseSeconds"]) == (8, 600)
    assert shown["priceRange"] == {
        "min": {"amount": 2700, "currency": "EUR"},
        "max": {"amount": 6200, "currency": "EUR"},
    }
    assert (shown["doorsAt"], shown["saleEndsAt"]) == ("2030-04-10T11:00:00Z", "2030-04-10T12:00:00Z")


def test_a_repeated_request_creates_nothing_twice() -> None:
    bodies = {
        "catalog.create_venue": VENUE,
        "catalog.create_event": event_body(venueId=venue(), chartHash=imported(hall())),
    }
    for module, body in bodies.items():
        key = {"idempotency-key": "k1"}
        first, again = (harness.call(module, body=body, headers=key, now=NOW, **OLGA)[:2] for _ in range(2))
        assert first[0] == 201 and again == first
        status, problem, _ = harness.call(module, body=body | {"name": "Other"}, headers=key, now=NOW, **OLGA)
        assert (status, problem["type"].rpartition("/")[2]) == (422, "idempotency-mismatch")
        others = harness.call(module, body=body, headers=key, now=NOW, person="oscar", groups=["organizer"])
        assert others[0] == 201 and others[1] != first[1]
    assert len(harness.call("catalog.list_events", now=NOW)[1]["events"]) == 2


def test_a_venue_is_shown() -> None:
    venue_id = venue(name='=HYPERLINK("x") 🎭')
    status, shown, headers = harness.call("catalog.show_venue", path={"venueId": venue_id})
    assert (status, shown) == (200, VENUE | {"venueId": venue_id, "name": '=HYPERLINK("x") 🎭', "address": ""})
    assert headers["cache-control"] == "public, max-age=60"


def listed(**query: str) -> tuple[list[str], str | None]:
    status, answer, headers = harness.call("catalog.list_events", query=query, now=NOW)
    assert (status, headers["cache-control"]) == (200, "public, max-age=30")
    return [found["name"] for found in answer["events"]], answer["nextCursor"]


@pytest.fixture
def season() -> list[str]:
    """Five events over two years, made out of order; one has begun when we look."""
    chart_hash = imported(hall())
    wien, paris = venue(), venue(name="Salle Étoile", city="Paris", countryCode="FR", timezone="Europe/Paris")
    for name, days, where, category in (
        ("Late", 700, wien, "music"),
        ("Soon", 2, wien, "music"),
        ("Next", 33, paris, "theatre"),
        ("Same time", 33, wien, "music"),
    ):
        starts_at = (NOW + timedelta(days=days)).isoformat()
        event(name=name, startsAt=starts_at, venueId=where, chartHash=chart_hash, category=category)
    return ["Soon", "Next", "Same time", "Late"]


def test_upcoming_events_come_in_order_of_time(season: list[str]) -> None:
    names, following = listed()
    assert names[0] == "Soon" and names[3] == "Late" and set(names[1:3]) == {"Next", "Same time"}
    assert following is None
    status, answer, _ = harness.call("catalog.list_events", now=NOW + timedelta(days=3))
    assert (status, len(answer["events"])) == (200, 3)


def test_pages_follow_each_other_without_gap_or_repetition(season: list[str]) -> None:
    seen: list[str] = []
    names, following = listed(limit="1")
    while following is not None:
        seen += names
        names, following = listed(limit="1", cursor=following)
    assert sorted(seen + names) == sorted(season)


def test_filters(season: list[str]) -> None:
    assert listed(keyword="etoile NEXT")[0] == ["Next"]
    assert listed(city="PARIS")[0] == ["Next"]
    assert set(listed(category="music")[0]) == {"Soon", "Same time", "Late"}
    assert listed(keyword="nobody")[0] == []


def test_a_cursor_is_good_for_its_own_list_only(season: list[str]) -> None:
    _, following = listed(limit="1")
    assert following is not None
    for query in (
        {"cursor": following[:-1] + ("A" if following[-1] != "A" else "B")},
        {"cursor": following, "city": "Paris"},
        {"cursor": "x"},
        {"cursor": "é🎭"},
    ):
        status, problem, _ = harness.call("catalog.list_events", query=query, now=NOW)
        assert (status, problem["type"].rpartition("/")[2]) == (400, "invalid-cursor"), query


def test_going_on_sale() -> None:
    event_id = event()["eventId"]
    assert catalog.mark_on_sale(event_id, 118, NOW).status == "on_sale"
    catalog.mark_on_sale(event_id, 118, NOW)
    with pytest.raises(EventNotSellable):
        catalog.mark_on_sale(event_id, 117, NOW)
    found = catalog.get_event(event_id)
    assert (found.status, found.seat_count, found.availability) == ("on_sale", 118, "available")
    with pytest.raises(NotFound):
        catalog.mark_on_sale("evt_0000000000000000", 1, NOW)


def test_an_event_that_has_started_does_not_go_on_sale() -> None:
    event_id = event()["eventId"]
    with pytest.raises(EventNotSellable):
        catalog.mark_on_sale(event_id, 118, NOW + timedelta(days=41))


def test_availability_is_a_word() -> None:
    event_id = event()["eventId"]
    catalog.mark_on_sale(event_id, 118, NOW)
    for available, word in [(118, "available"), (12, "available"), (11, "few"), (1, "few"), (0, "none")]:
        catalog.record_availability(event_id, available, 118)
        _, answer, _ = harness.call("catalog.list_events", now=NOW)
        assert [found["availability"] for found in answer["events"]] == [word]
