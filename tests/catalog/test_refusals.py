"""What the catalog refuses, and how it says so. Nothing here leaves anything behind."""

from __future__ import annotations

from typing import Any

import pytest

import catalog
from kit.errors import NotFound
from tests import harness
from tests.catalog.conftest import NOW, OLGA, PRICING, VENUE, event_body, hall, imported, venue

pytestmark = pytest.mark.usefixtures("shared_aws")
PRESALE = {"id": "club", "name": "Club", "startsAt": "2030-02-01T00:00:00Z", "endsAt": "2030-02-02T00:00:00Z"}


@pytest.fixture(scope="module")
def sellable(shared_aws: None) -> dict[str, Any]:
    """The body of an event that could be created."""
    return event_body(venueId=venue(), chartHash=imported(hall()))


def create(body: dict[str, Any]) -> tuple[int, Any]:
    status, answer, _ = harness.call("catalog.create_event", body=body, now=NOW, **OLGA)
    return status, answer


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"venueId": "ven_0000000000000000"}, "venueId"),
        ({"venueId": "../secrets"}, "venueId"),
        ({"chartHash": "0" * 64}, "chartHash"),
        ({"artist": None, "artistId": ""}, "artistId"),
        ({"seriesId": ""}, "seriesId"),
        ({"startsAt": "2029-01-01T20:00:00Z"}, "startsAt"),
        ({"startsAt": "2040-01-01T20:00:00Z"}, "startsAt"),
        ({"doorsAt": "2030-04-10T13:00:00Z"}, "doorsAt"),
        ({"doorsAt": "1900-01-01T00:00:00+14:00"}, "doorsAt"),
        ({"onSaleAt": "1900-01-01T00:00:00+14:00"}, "onSaleAt"),
        ({"onSaleAt": "2030-05-01T00:00:00Z"}, "onSaleAt"),
        ({"saleEndsAt": "2030-05-01T00:00:00Z"}, "saleEndsAt"),
        ({"pricing": PRICING | {"prices": {"stalls": {"adult": 1, "child": 1}}}}, "pricing.prices.floor.adult"),
        ({"pricing": PRICING | {"fees": [], "prices": {"stalls": {"adult": 49}}}}, "pricing.prices.stalls.adult"),
    ],
)
def test_a_fault_is_named_with_its_field(sellable: dict[str, Any], changes: dict[str, Any], path: str) -> None:
    status, problem = create(sellable | changes)
    assert (status, problem["type"].rpartition("/")[2]) == (422, "invalid-event")
    assert path in [said["path"] for said in problem["problems"]]


@pytest.mark.parametrize(
    ("changes", "word", "field"),
    [
        ({"name": ""}, "invalid", "name"),
        ({"name": "nul \x00"}, "invalid", "name"),
        ({"name": "\u202egnal"}, "invalid", "name"),
        ({"name": "two\u2028lines"}, "invalid", "name"),
        ({"name": "a line break\n"}, "invalid", "name"),
        ({"startsAt": "tomorrow"}, "invalid", "startsAt"),
        ({"startsAt": "2030-04-10T12:00:00"}, "invalid", "startsAt"),
        ({"limitPerPerson": 0}, "invalid", "limitPerPerson"),
        ({"leaseSeconds": 60}, "invalid", "leaseSeconds"),
        ({"imageUrl": "javascript:alert(1)"}, "invalid", "imageUrl"),
        ({"pricing": PRICING | {"currency": "€"}}, "invalid", "pricing.currency"),
        ({"status": "on_sale"}, "unknown-field", None),
        ({"seatCount": 5}, "unknown-field", None),
    ],
)
def test_a_field_is_refused_by_name(changes: dict[str, Any], word: str, field: str | None) -> None:
    status, problem = create(event_body(venueId="ven_0000000000000000", chartHash="0" * 64) | changes)
    assert (status, problem["type"].rpartition("/")[2], problem.get("field")) == (422, word, field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"startsAt": "9999-12-31T20:00:00Z", "saleEndsAt": "9999-12-31T21:00:00Z"}, "startsAt"),
        ({"presales": [PRESALE | {"startsAt": "0001-01-01T00:00:00+14:00"}]}, "presales[0].startsAt"),
    ],
)
def test_a_time_nobody_can_reckon_with_is_refused(
    sellable: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    status, problem = create(sellable | changes)
    assert (status, problem.get("field")) == (422, field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "posixrules"}, "timezone"),
        ({"timezone": "Factory"}, "timezone"),
        ({"latitude": 91}, "latitude"),
        ({"countryCode": "Austria"}, "countryCode"),
    ],
)
def test_a_venue_is_checked(changes: dict[str, Any], field: str) -> None:
    status, problem, _ = harness.call("catalog.create_venue", body=VENUE | changes, **OLGA)
    assert (status, problem["field"]) == (422, field)


@pytest.mark.parametrize("bad", ["..%2F..%2Fetc", "../evt", "evt_", "evt_0000000000000000", "x" * 5_000, ""])
def test_a_strange_id_is_not_found(bad: str) -> None:
    for module, name in (("catalog.show_event", "eventId"), ("catalog.show_venue", "venueId")):
        status, problem, _ = harness.call(module, path={name: bad})
        assert (status, problem["type"].rpartition("/")[2]) == (404, "not-found")
    with pytest.raises(NotFound):
        catalog.get_chart(bad)


@pytest.mark.parametrize("module", ["create_venue", "create_event", "request_chart_upload", "request_chart_import"])
def test_organizers_only(module: str) -> None:
    status, problem, _ = harness.call(f"catalog.{module}", body={}, person="fred")
    assert (status, problem["type"].rpartition("/")[2]) == (403, "forbidden")
    status, problem, _ = harness.call(f"catalog.{module}", body={})
    assert (status, problem["type"].rpartition("/")[2]) == (401, "unauthenticated")
