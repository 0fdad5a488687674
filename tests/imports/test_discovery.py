"""The Discovery API's oddities, one by one: what becomes of each, and that it is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.imports import discovery, discovery_dates
from infra.imports.report import Skipped
from tests.imports.conftest import HALL, SHARED, event, found, page, read, venue

REAL = SHARED / "data/catalog/tm_discovery_april9288.json"


def test_a_record_without_oddities() -> None:
    record = found(event())
    assert record.venue.body == {
        "name": "Halle am Fluss",
        "city": "Wien",
        "countryCode": "AT",
        "timezone": "Europe/Vienna",
        "latitude": 48.2131,
        "longitude": 16.3925,
        "address": "Uferweg 1, 1020",
    }
    assert record.event.body == {
        "name": "An Evening of Strings",
        "artist": "Lindenhof Quartet",
        "category": "music",
        "startsAt": "2030-05-10T19:30:00+02:00",
        "onSaleAt": "2030-03-02T10:00:00+01:00",
        "saleEndsAt": "2030-05-10T19:00:00+02:00",
        "pricing": {
            "currency": "EUR",
            "ticketTypes": [{"id": "standard", "label": "Standard"}],
            "prices": {"lowest": {"standard": 4500}, "highest": {"standard": 30050}},
        },
        "description": "",
        "imageUrl": "https://images.example/wide.jpg",
    }
    assert (record.event.key, record.venue.key) == ("discovery:event:evening", "discovery:venue:KovHall")
    assert not (record.event.mended or record.venue.mended or record.cancelled)


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (event(id=None), "it has no id"),
        (event(name="  "), "it has no name"),
        (event(test=True), "its source calls it a test"),
        (event(dates__status__code="postponed"), "it is postponed and has no new date yet"),
        (event(dates__start__dateTBA=True), "its date is still to be announced"),
        (event(dates__start__dateTBD=True), "its date is still to be announced"),
        (event(dates__start={"localDate": "1900-01-01"}), "its date 1900-01-01 is a placeholder"),
        (event(dates__start={"localDate": "2030-02-30"}), "its date 2030-02-30 is a placeholder"),
        (event(dates__start={}), "it has no date"),
        (event(dates=[]), "it has no date"),
        (event(_embedded={"attractions": []}), "it names no venue"),
        (event(_embedded={"venues": [venue(name=None)]}), "it names no venue"),
        (event(_embedded={"venues": [venue(location=None)]}), "its venue “Halle am Fluss” has no position"),
        (event(_embedded={"venues": [venue(city=None)]}), "its venue “Halle am Fluss” is in no city"),
        (
            event(
                dates__timezone=None,
                _embedded={"venues": [venue(timezone=None, location={"latitude": "0.5", "longitude": "-30"})]},
            ),
            "its venue has no time zone and lies at sea",
        ),
        ("not an event", "it has no id"),
        (None, "it has no id"),
    ],
)
def test_what_stays_out_and_why(odd: Any, why: str) -> None:
    (record,) = read(odd)
    assert isinstance(record, Skipped)
    assert record.why == why


@pytest.mark.parametrize(
    ("odd", "field", "value", "said"),
    [
        (
            event(dates__start={"localDate": "2030-05-10", "noSpecificTime": True}),
            "startsAt",
            "2030-05-10T20:00:00+02:00",
            "its time of day is not announced: 20:00 stands there",
        ),
        (
            event(dates__start__timeTBA=True, dates__start__dateTime="1900-01-01T06:00:00Z"),
            "startsAt",
            "2030-05-10T20:00:00+02:00",
            "its time of day is not announced: 20:00 stands there",
        ),
        (
            event(dates__start={"dateTime": "2030-05-10T22:30:00Z"}),
            "startsAt",
            "2030-05-11T00:30:00+02:00",
            "its day is taken from its UTC time",
        ),
        (
            event(sales__public__startDateTime="1900-01-01T18:00:00Z"),
            "onSaleAt",
            "2029-05-10T19:30:00+02:00",
            "the start of its sale 1900-01-01T18:00:00Z is a placeholder: a year before the event stands there",
        ),
        (
            event(sales=None),
            "onSaleAt",
            "2029-05-10T19:30:00+02:00",
            "the start of its sale is not known: a year before the event stands there",
        ),
        (
            event(sales__public__startTBD=True),
            "onSaleAt",
            "2029-05-10T19:30:00+02:00",
            "the start of its sale is still to be decided: a year before the event stands there",
        ),
        (
            event(sales__public__endDateTime="2030-03-01T00:00:00Z"),
            "onSaleAt",
            "2029-05-10T19:30:00+02:00",
            "its sale would end before it begins: it runs from a year before the event until its start",
        ),
        (event(_embedded__attractions=[]), "artist", "An Evening of Strings", "it names no artist: the event's name "),
        (event(classifications=None), "category", "other", "it names no kind of event"),
        (event(dates__status__code="rescheduled"), "category", "music", "it was rescheduled: the date is the new one"),
        (event(dates__status={}), "category", "music", "it names no status"),
        (event(name="A\u200fB  \n C"), "name", "A B C", "signs that cannot be seen, or doubled spaces, taken out of"),
        (event(name="Long " * 40), "name", ("Long " * 40)[:119].rstrip() + "…", "is cut to 120 signs"),
        (
            event(ticketLimit={"info": "There is an overall (4) ticket limit, and an 8 ticket limit for clubs."}),
            "limitPerPerson",
            4,
            "at most 4 tickets a person, read from “There is an overall (4) ticket limit, a…”",
        ),
    ],
)
def test_what_is_mended_is_said(odd: Any, field: str, value: Any, said: str) -> None:
    record = found(odd)
    assert record.event.body[field] == value
    assert any(said in line for line in record.event.mended), record.event.mended


@pytest.mark.parametrize(
    ("ranges", "currency", "prices", "said"),
    [
        (None, "EUR", {}, ""),
        ([], "EUR", {}, ""),
        ([{"type": "standard", "min": 10, "max": 20}], "EUR", {"lowest": 1000, "highest": 2000}, "taken to be in EUR"),
        ([{"type": "standard", "currency": "€", "min": 10, "max": 10}], "EUR", {"lowest": 1000}, "its currency is '€'"),
        ([{"type": "standard", "currency": "JPY", "min": 900, "max": 900}], "JPY", {"lowest": 900}, ""),
        ([{"type": "standard", "currency": "KWD", "min": 1.5, "max": 1.5}], "KWD", {"lowest": 1500}, ""),
        ([{"type": "standard", "currency": "EUR", "min": 3, "max": 1}], "EUR", {"lowest": 100, "highest": 300}, "way"),
        ([{"type": "standard", "currency": "EUR", "min": "12.5"}], "EUR", {"lowest": 1250}, "one end only"),
        ([{"type": "standard", "currency": "EUR", "min": -1, "max": "NaN"}], "EUR", {}, "no usable number"),
        ([{"type": "resale", "currency": "EUR", "min": 5, "max": 5}], "EUR", {"lowest": 500}, "not the standard one"),
        (
            [
                {"type": "resale", "currency": "EUR", "min": 5, "max": 5},
                {"type": "standard", "currency": "USD", "min": 6, "max": 6},
                {"type": "standard", "currency": "EUR", "min": 7, "max": 7},
            ],
            "EUR",
            {"lowest": 700},
            "of its 3 price ranges the standard EUR one is taken",
        ),
    ],
)  # fmt: skip
def test_price_ranges(ranges: Any, currency: str, prices: dict[str, int], said: str) -> None:
    record = found(event(priceRanges=ranges))
    pricing = record.event.body["pricing"]
    by_category = {category: by_type["standard"] for category, by_type in pricing["prices"].items()}
    assert (pricing["currency"], by_category) == (currency, prices)
    assert said in " ".join(record.event.mended)


def test_prices_in_a_currency_nobody_knows_are_left_out() -> None:
    elsewhere = venue(country={"countryCode": "ZW"})
    record = found(event(priceRanges=[{"min": 5, "max": 9}], _embedded={"venues": [elsewhere]}))
    assert record.event.body["pricing"]["prices"] == {}
    assert "its prices are left out: in which currency they are cannot be known" in record.event.mended


@pytest.mark.parametrize(
    ("odd", "field", "value", "said"),
    [
        (venue(timezone="Mars/Olympus"), "timezone", "Europe/Vienna", ""),
        (venue(country=None), "countryCode", "AT", "without a country, it is in that of its time zone: AT"),
        (venue(city=None, state={"name": "Wien"}), "city", "Wien", "without a city, it is said to be in Wien"),
        (venue(id=None), "name", "Halle am Fluss", ""),
    ],
)
def test_venues_are_mended(odd: Any, field: str, value: str, said: str) -> None:
    draft = found(event(_embedded={"venues": [odd]})).venue
    assert draft.body[field] == value
    assert said in " ".join(draft.mended)


def test_a_time_zone_comes_from_the_position() -> None:
    record = found(event(dates__timezone=None, _embedded={"venues": [venue(timezone=None, country=None)]}))
    assert (record.venue.body["timezone"], record.venue.body["countryCode"]) == ("Europe/Vienna", "AT")
    assert "without a time zone, it has the one of its position: Europe/Vienna" in record.venue.mended


def test_a_venue_without_a_position_stands_among_the_others_of_its_city() -> None:
    lost = event(id="other", _embedded={"venues": [venue(id="KovOther", name="Keller", location={"latitude": "0"})]})
    _, record = read(event(), lost)
    assert isinstance(record, discovery.Discovered)
    assert (record.venue.body["latitude"], record.venue.body["longitude"]) == (48.2131, 16.3925)
    assert "without a position, it is placed where the other venues of Wien are" in record.venue.mended


def test_several_venues_and_acts() -> None:
    several = event(
        _embedded__venues=[HALL, venue(id="KovTwo", name="Keller")],
        _embedded__attractions=[{"name": "The Headliner"}, {"name": "A Guest"}, {"name": "A Guest"}, {}],
    )
    record = found(several)
    assert record.event.body["artist"] == "The Headliner"
    assert record.event.body["description"] == "With A Guest."
    assert "of its venues only the first is taken, not Keller" in record.event.mended


def test_one_id_is_one_event_also_on_the_next_page() -> None:
    pages = discovery.Pages()
    first = list(pages.read(page(event()), "one.json"))
    again = list(pages.read(page(event(), event(id="another")), "two.json"))
    assert isinstance(first[0], discovery.Discovered)
    assert isinstance(again[0], Skipped)
    assert again[0].why == "it is one.json, event 1 “An Evening of Strings” again"
    assert isinstance(again[1], discovery.Discovered)


def test_presales_lie_before_the_sale_and_a_last_day_is_told_in_words() -> None:
    record = found(
        event(
            dates__end={"localDate": "2030-05-12"},
            sales__presales=[
                {"name": "Club", "startDateTime": "2030-02-27T09:00:00Z", "endDateTime": "2030-03-01T09:00:00Z"},
                {"name": "Sentinel", "startDateTime": "1900-01-01T00:00:00Z"},
                {"name": "Late", "startDateTime": "2030-03-03T09:00:00Z"},
                {"startDateTime": "2030-03-01T09:00:00Z", "endDateTime": "2030-05-01T09:00:00Z"},
                "odd",
            ],
            info="Doors\r\n\r\n\r\n\r\nat six.",
        )
    )
    assert record.event.body["description"] == "Until 2030-05-12.\n\nDoors\n\nat six."
    club, fourth = record.event.body["presales"]
    assert (club["name"], club["startsAt"], club["endsAt"]) == (
        "Club",
        "2030-02-27T10:00:00+01:00",
        "2030-03-01T10:00:00+01:00",
    )
    assert (fourth["name"], fourth["endsAt"]) == ("Presale 4", record.event.body["onSaleAt"])
    assert record.event.mended == (
        "its presale “Sentinel” does not lie before its sale: left out",
        "its presale “Late” does not lie before its sale: left out",
        "its presale “Presale 4” ends when the sale opens",
        "its presale “Presale 5” does not lie before its sale: left out",
    )


def test_a_stand_in_image_is_none() -> None:
    wide = {"ratio": "16_9", "url": "https://images.example/stand-in.jpg", "width": 2048, "fallback": True}
    odd = [wide, wide | {"fallback": False, "url": "javascript:alert(1)"}, "odd", {"ratio": "16_9"}]
    assert "imageUrl" not in found(event(images=odd)).event.body


def test_a_shift_keeps_day_of_week_and_time_of_day() -> None:
    shift = discovery_dates.shift_to("2019-09-08", date(2030, 3, 4))
    (record,) = discovery.Pages(shift).read(page(event(dates__start__dateTime="2019-09-08T17:30:00Z")), "page.json")
    assert isinstance(record, discovery.Discovered)
    # Late in the summer it is 19:30 in Vienna at 17:30 UTC; in March at 18:30.
    assert record.event.body["startsAt"] == "2030-03-10T19:30:00+01:00"
    assert record.event.key == "discovery:event:evening+548w"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"<html>", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"fault": {"faultstring": "Invalid ApiKey"}}', "is an error of the Discovery API: Invalid ApiKey"),
        (b'{"errors": [{"detail": "not found"}]}', "is an error of the Discovery API: not found"),
        (b'{"hello": 1}', "is no answer of the Discovery API"),
    ],
)
def test_what_is_no_page(raw: bytes, why: str) -> None:
    with pytest.raises(discovery.NotAPage, match=why):
        list(discovery.Pages().read(raw, "page.json"))


def test_an_empty_page_has_no_events() -> None:
    assert list(discovery.Pages().read(b'{"page": {"totalElements": 0}}', "page.json")) == []


@pytest.mark.skipif(not REAL.exists(), reason="the real page is not on this machine")
def test_the_real_page() -> None:
    records = list(discovery.Pages().read(REAL.read_bytes(), REAL.name))
    events = {record.event.key: record for record in records if isinstance(record, discovery.Discovered)}
    assert len(records) == len(events) == 20
    texas = events["discovery:event:Z7r9jZ1Aefa4U"].event
    assert any("1900-01-01T18:00:00Z is a placeholder" in line for line in texas.mended)
    assert texas.body["pricing"]["prices"] == {}
    winter = events["discovery:event:vvG1YZ4JMnE9B1"].event.body
    assert winter["startsAt"] == "2020-01-01T20:00:00-06:00"
    assert winter["artist"] == "Bridgestone-NHL Winter Classic®"
    assert len({record.venue.key for record in events.values()}) == 18
