"""Events and venues through their front doors: created, checked, shown, listed, put on sale."""

from __future__ import annotations

from datetime import timedelta

import pytest

import catalog
from catalog import EventNotSellable
from kit.errors import NotFound
from tests import harness
from tests.catalog.conftest import NOW, OLGA, PRICING, VENUE, event, event_body, hall, imported, venue

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
    assert len(list(catalog.upcoming(NOW.isoformat()))) == 2


def test_a_venue_is_shown() -> None:
    venue_id = venue(name='=HYPERLINK("x") 🎭')
    status, shown, headers = harness.call("catalog.show_venue", path={"venueId": venue_id})
    assert (status, shown) == (
        200,
        VENUE | {"venueId": venue_id, "name": '=HYPERLINK("x") 🎭', "address": "", "version": 1},
    )
    assert headers["cache-control"] == "public, max-age=60"


def test_upcoming_events_come_in_order_of_time() -> None:
    chart_hash, venue_id = imported(hall()), venue()
    for name, days in (("Late", 700), ("Soon", 2), ("Next", 33), ("Same time", 33)):
        starts_at = (NOW + timedelta(days=days)).isoformat()
        event(name=name, startsAt=starts_at, venueId=venue_id, chartHash=chart_hash)
    names = [found.name for _, found in catalog.upcoming(NOW.isoformat())]
    assert names[0] == "Soon" and names[3] == "Late" and set(names[1:3]) == {"Next", "Same time"}
    assert len(list(catalog.upcoming((NOW + timedelta(days=3)).isoformat()))) == 3


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


def test_an_event_is_announced_without_a_chart() -> None:
    announced = event(chartHash=None)
    assert (announced["status"], announced["chartHash"], announced["seatMapUrl"]) == ("scheduled", "", "")
    assert announced["priceRange"]["min"] == {"amount": 2700, "currency": "EUR"}
    where = {"eventId": announced["eventId"]}
    status, problem, _ = harness.call("inventory.put_on_sale", path=where, now=NOW, **OLGA)
    assert (status, problem["detail"]) == (409, "It has no seating chart yet.")


def test_an_announced_event_may_name_no_price() -> None:
    announced = event(chartHash=None, pricing=PRICING | {"prices": {}})
    assert announced["priceRange"] is None
    assert catalog.get_event(announced["eventId"]).price_range is None


def test_availability_is_a_word() -> None:
    event_id = event()["eventId"]
    catalog.mark_on_sale(event_id, 118, NOW)
    for available, word in [(118, "available"), (12, "available"), (11, "few"), (1, "few"), (0, "none")]:
        catalog.record_availability(event_id, available, 118)
        assert catalog.get_event(event_id).availability == word
