"""Changing events and venues: what changes, what may not any more, and who comes second."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

import catalog
from catalog import store, update_copies
from catalog.charts import Chart
from tests import harness
from tests.catalog.conftest import NOW, OLGA, PRICING, event, hall, imported, venue

pytestmark = pytest.mark.usefixtures("aws")
Answer = tuple[int, Any]


def edit(event_id: str, version: int | None = 1, now: Any = NOW, **changes: Any) -> Answer:
    headers = {} if version is None else {"if-match": f'"{version}"'}
    where = {"eventId": event_id}
    return harness.call("catalog.edit_event", path=where, body=changes, headers=headers, now=now, **OLGA)[:2]


def edit_venue(venue_id: str, version: int, **changes: Any) -> Answer:
    headers = {"if-match": str(version)}
    return harness.call("catalog.edit_venue", path={"venueId": venue_id}, body=changes, headers=headers, **OLGA)[:2]


def word(problem: dict[str, Any]) -> str:
    return str(problem["type"].rpartition("/")[2])


def stays(problem: dict[str, Any]) -> list[str]:
    assert word(problem) == "not-changeable", problem
    return [said["path"] for said in problem["problems"]]


def larger_hall() -> Chart:
    return msgspec.structs.replace(hall(), name="Another hall")


def priced(**changes: Any) -> dict[str, Any]:
    return dict(json.loads(json.dumps(PRICING))) | changes


def test_what_is_sent_changes_and_the_rest_stays() -> None:
    created = event()
    prices = priced(
        tax=None, prices={"stalls": {"adult": 7000, "child": 3500}, "floor": {"adult": 2600, "child": 2600}}
    )
    changes: dict[str, Any] = {"name": "Another Evening", "limitPerPerson": 4, "pricing": prices, "refundPolicy": None}
    status, changed = edit(created["eventId"], **changes)
    assert status == 200, changed
    assert changed == created | {
        "name": "Another Evening",
        "limitPerPerson": 4,
        "pricing": changed["pricing"],
        "priceRange": {"min": {"amount": 2800, "currency": "EUR"}, "max": {"amount": 7200, "currency": "EUR"}},
        "version": 2,
    }
    assert changed["pricing"]["prices"] == prices["prices"] and changed["pricing"]["tax"] is None
    opened = harness.call("catalog.open_event", path={"eventId": created["eventId"]}, **OLGA)
    assert (opened[0], opened[1], opened[2]["cache-control"]) == (200, changed, "no-store")


def test_another_start_takes_doors_and_list_along() -> None:
    event_id = event()["eventId"]
    status, changed = edit(event_id, startsAt="2030-05-02T18:00:00Z")
    assert (status, changed["doorsAt"], changed["saleEndsAt"]) == (200, "2030-05-02T17:00:00Z", "2030-05-02T18:00:00Z")
    [(_, listed)] = catalog.upcoming(NOW.isoformat())
    assert (listed.event_id, listed.version) == (event_id, 2)


def test_who_comes_second_is_told() -> None:
    event_id = event()["eventId"]
    assert edit(event_id, 1, name="Olga's")[0] == 200
    status, problem = edit(event_id, 1, name="Oscar's")
    assert (status, word(problem), problem["version"]) == (412, "changed-meanwhile", 2)
    assert catalog.get_event(event_id).name == "Olga's"
    status, problem = edit(event_id, None, name="Somebody's")
    assert (status, word(problem)) == (428, "version-required")


def test_of_two_at_once_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the first version; without the condition on the write, the second would undo the first."""
    event_id = event()["eventId"]
    read = catalog.get_event(event_id)
    assert edit(event_id, 1, name="Olga's")[0] == 200
    monkeypatch.setattr("catalog.edit_event.get_event", lambda _: read)
    status, problem = edit(event_id, 1, description="Oscar's")
    assert (status, word(problem), problem["version"]) == (412, "changed-meanwhile", 2)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"startsAt": "2029-01-01T20:00:00Z"}, "startsAt"),
        ({"onSaleAt": "2031-01-01T20:00:00Z"}, "onSaleAt"),
        ({"venueId": "ven_0000000000000000"}, "venueId"),
        ({"chartHash": "0" * 64}, "chartHash"),
        ({"pricing": PRICING | {"prices": {"stalls": {"adult": 1, "child": 1}}}}, "pricing.prices.floor.adult"),
    ],
)
def test_a_fault_is_named_with_its_field(changes: dict[str, Any], path: str) -> None:
    created = event()
    status, problem = edit(created["eventId"], **changes)
    assert (status, word(problem)) == (422, "invalid-event")
    assert path in [said["path"] for said in problem["problems"]]
    assert catalog.get_event(created["eventId"]).version == 1


@pytest.mark.parametrize(
    ("changes", "word_and_field"),
    [
        ({"name": ""}, ("invalid", "name")),
        ({"imageUrl": "javascript:alert(1)"}, ("invalid", "imageUrl")),
        ({"pricing": PRICING | {"currency": "€"}}, ("invalid", "pricing.currency")),
        ({"pricing": PRICING | {"ticketTypes": []}}, ("invalid", "pricing.ticketTypes")),
        ({"status": "on_sale"}, ("unknown-field", None)),
        ({"pricing": PRICING | {"ticketTypes": [{"id": "a", "label": "A", "free": True}]}}, ("unknown-field", None)),
    ],
)
def test_a_field_is_refused_by_name(changes: dict[str, Any], word_and_field: tuple[str, str | None]) -> None:
    status, problem = edit("evt_0000000000000000", **changes)
    assert (status, word(problem), problem.get("field")) == (422, *word_and_field)


def test_on_sale_it_keeps_what_buyers_rely_on() -> None:
    event_id = event(refundPolicy={"untilHoursBeforeStart": 24, "feesReturned": True})["eventId"]
    catalog.mark_on_sale(event_id, 118, NOW)
    one_type = priced(
        currency="USD",
        ticketTypes=[{"id": "adult", "label": "Adult"}],
        prices={"stalls": {"adult": 1}, "floor": {"adult": 1}},
    )
    status, problem = edit(
        event_id,
        startsAt="2030-05-02T18:00:00Z",
        onSaleAt=(NOW + timedelta(days=1)).isoformat(),
        venueId=venue(),
        refundPolicy=None,
        waitingRoom=True,
        pricing=one_type,
    )
    assert status == 409
    assert stays(problem) == [
        *("startsAt", "venueId", "refundPolicy", "waitingRoom", "onSaleAt", "pricing.currency", "pricing.ticketTypes")
    ]
    dearer = priced(prices={"stalls": {"adult": 9000, "child": 3000}, "floor": {"adult": 2500, "child": 2500}})
    status, changed = edit(event_id, name="Sold out soon", doorsAt="2030-04-10T10:00:00Z", pricing=dearer)
    assert (status, changed["status"], changed["seatCount"]) == (200, "on_sale", 118)
    assert changed["priceRange"]["max"]["amount"] == 9200


def test_a_chart_that_seats_were_made_of_stays() -> None:
    """Also when its event is not on sale yet: a publication may be under way, or have been broken off."""
    created = event()
    other = imported(larger_hall())
    assert edit(created["eventId"], chartHash=other)[1]["chartHash"] == other, "until then it may change"
    catalog.settle_chart(catalog.get_event(created["eventId"]))
    status, problem = edit(created["eventId"], 2, chartHash=created["chartHash"])
    assert (status, word(problem)) == (409, "chart-in-use")
    assert edit(created["eventId"], 2, name="Only the name")[0] == 200
    catalog.mark_on_sale(created["eventId"], 118, NOW)
    status, problem = edit(created["eventId"], 3, chartHash=created["chartHash"])
    assert (status, word(problem)) == (409, "chart-in-use")


def test_an_announced_event_gets_its_chart_later() -> None:
    announced = event(chartHash=None, pricing=PRICING | {"prices": {}})
    assert (announced["status"], announced["seatMapUrl"], announced["priceRange"]) == ("scheduled", "", None)
    chart = imported(hall())
    status, problem = edit(announced["eventId"], chartHash=chart)
    assert status == 422 and "pricing.prices.stalls.adult" in [said["path"] for said in problem["problems"]]
    status, sellable = edit(announced["eventId"], chartHash=chart, pricing=PRICING)
    assert (status, sellable["seatMapUrl"]) == (200, f"/charts/{chart}.json")


def test_what_has_begun_may_still_be_described() -> None:
    event_id = event()["eventId"]
    catalog.mark_on_sale(event_id, 118, NOW)
    status, changed = edit(event_id, now=NOW + timedelta(days=41), description="What an evening.")
    assert (status, changed["description"]) == (200, "What an evening.")


def test_a_moved_event_keeps_its_new_date_and_may_open_its_doors_later() -> None:
    created = event()
    before = catalog.get_event(created["eventId"])
    later = before.starts_at + timedelta(days=7)
    catalog.mark_moved(before, catalog.moved_to(before, later, NOW + timedelta(days=3), NOW))
    status, problem = edit(created["eventId"], startsAt="2030-05-02T18:00:00Z")
    assert (status, stays(problem)) == (409, ["startsAt"])
    status, changed = edit(created["eventId"], doorsAt="2030-04-17T11:30:00Z")
    assert (status, changed["startsAt"], changed["doorsAt"]) == (200, "2030-04-17T12:00:00Z", "2030-04-17T11:30:00Z")


def test_nothing_of_a_cancelled_event_changes() -> None:
    event_id = event()["eventId"]
    catalog.mark_cancelled(event_id)
    status, problem = edit(event_id, name="On again")
    assert (status, stays(problem)) == (409, ["status"])


def test_a_venue_changes_in_its_events_too() -> None:
    venue_id, chart = venue(), imported(hall())
    here, there = event(venueId=venue_id, chartHash=chart), event(chartHash=chart)
    status, changed = edit_venue(venue_id, 1, name="Große Halle", timezone="Europe/Berlin")
    assert (status, changed["name"], changed["city"], changed["version"]) == (200, "Große Halle", "Wien", 2)
    assert harness.call("catalog.open_venue", path={"venueId": venue_id}, **OLGA)[1] == changed
    record = {"dynamodb": {"Keys": {"pk": {"S": f"VENUE#{venue_id}"}, "sk": {"S": "SELF"}}}}
    for _ in range(2):
        update_copies.handler({"Records": [record]}, harness.CONTEXT)
    assert catalog.get_event(here["eventId"]).venue.name == "Große Halle"
    assert catalog.get_event(there["eventId"]).venue.name == "Halle am Fluss"


def test_a_copy_of_the_former_venue_is_no_copy() -> None:
    former, chart = venue(), imported(hall())
    event_id = event(venueId=former, chartHash=chart)["eventId"]
    other = venue(name="The other hall")
    assert edit(event_id, venueId=other)[0] == 200
    for venue_id, name in ((other, "Its new name"), (former, "Too late")):
        assert edit_venue(venue_id, 1, name=name)[0] == 200
        store.copy_venue(catalog.get_venue(venue_id))
    assert catalog.get_event(event_id).venue.name == "Its new name"


def test_a_venue_is_checked_and_guarded() -> None:
    venue_id = venue()
    status, problem = edit_venue(venue_id, 1, timezone="Mars/Olympus")
    assert (status, problem["field"]) == (422, "timezone")
    assert edit_venue(venue_id, 1, latitude=91)[1]["field"] == "latitude"
    assert edit_venue(venue_id, 1, name="First")[0] == 200
    status, problem = edit_venue(venue_id, 1, name="Second")
    assert (status, word(problem), problem["version"]) == (412, "changed-meanwhile", 2)
    assert edit_venue("ven_0000000000000000", 1, name="Nowhere")[0] == 404
