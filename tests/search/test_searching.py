"""What people type and choose, and what they find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kit.decode import build
from kit.errors import Problem
from search.asking import EventsQuery
from search.index import Index, build_index
from search.search_events import seconds_at_the_edge
from search.suggest_events import SuggestQuery, suggest_events
from tests.search.conftest import GARDEN, NOW, SEASON, ask, numbers, summary


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("beyonce", [1, 2]),
        ("BEYONCÉ", [1, 2]),
        ("beyonse", [1, 2]),
        ("beyo", [1, 2]),
        ("beyonce renaisance", [1]),
        ("renaissance wien", [1]),
        ("metalica", [10]),
        ("acdc", [5]),
        ("ac dc", [5]),
        ("ac/dc new yrok", [5]),
        ("кино", [7]),
        ("группа кро", [7]),
        ("林檎", [6]),
        ("椎", [6]),
        ("東京", [6]),
        ("etoile", [7, 8]),
        ("lodz", [9]),
        ("rockin", [9]),
        ("lindenhoff", [10, 5]),
        ("blue quartet", [3, 4]),
        ("bluequartet", [3, 4]),
        ("the the", [8, 2, 9]),
        ("the", [8, 2, 9]),
        ("nobodyatall", []),
        ("metallica xylophone", [10]),
    ],
)
def test_typed_words(index: Index, typed: str, found: list[int]) -> None:
    assert sorted(numbers(ask(index, keyword=typed))) == sorted(found)
    if len(found) > 1:
        assert numbers(ask(index, keyword=typed))[0] == found[0]


def test_an_artist_of_that_very_name_comes_before_a_sooner_tribute(index: Index) -> None:
    assert numbers(ask(index, keyword="beyonce")) == [1, 2]
    assert numbers(ask(index, keyword="beyonce", sort="date")) == [2, 1]


def test_a_sentence_that_names_a_day(index: Index) -> None:
    answer = ask(index, keyword="jazz tonight near me")
    assert numbers(answer) == [3]
    assert (answer.read_as.words, answer.read_as.date) == (["jazz"], "tonight")


def test_a_day_that_is_a_name_is_found_as_one() -> None:
    index = build_index([summary(1, name="Tonight"), summary(2)])
    assert numbers(ask(index, keyword="tonight")) == [1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "wien", "category": "jazz"}, [3, 4]),
        ({"city": "PARIS"}, [7, 8]),
        ({"location": "paris"}, [7, 8, 9]),
        ({"location": "lindenhof gardn"}, [10, 5]),
        ({"countryCode": "jp"}, [6]),
        ({"artist": "beyonce"}, [1]),
        ({"venueId": GARDEN.venue_id}, [10, 5]),
        ({"category": "jazz,opera"}, [3, 4]),
        ({"availability": "few,none"}, [7, 8]),
        ({"priceMax": "1500"}, [8]),
        ({"priceMin": "10000"}, [1]),
        ({"latlong": "48.2,16.37", "radius": "200"}, [3, 2, 1, 9, 4]),
        ({"latlong": "48.2,16.37"}, [3, 2, 1, 4]),
        ({"latlong": "49.2,16.6", "radius": "100", "unit": "miles", "sort": "distance", "size": "2"}, [9, 3]),
        ({"sort": "price", "size": "2"}, [8, 3]),
        ({"sort": "announced", "size": "1"}, [10]),
        ({"sort": "on-sale"}, [9]),
        ({"startDateTime": "2030-03-20T00:00:00Z"}, [5, 4]),
        ({"endDateTime": "2030-03-03T12:00:00Z"}, [3, 2]),
        ({"date": "2030-03-01"}, [3]),
        ({"date": "this-weekend"}, [3, 2]),
        ({"date": "tomorrow"}, []),
        ({"keyword": "quartet", "date": "today"}, [3]),
        ({"page": "1", "size": "4"}, [7, 8, 9, 10]),
        ({"page": "999999"}, []),
    ],
)
def test_filters_and_orders(index: Index, query: dict[str, Any], found: list[int]) -> None:
    assert numbers(ask(index, **query)) == found


def test_a_day_is_the_venues_own() -> None:
    """At 12:00 UTC on 1 March it is evening in Tokyo, and morning in New York."""
    tokyo_midnight = NOW.replace(hour=15)
    dome = SEASON[5].venue
    index = build_index(
        [
            summary(1, venue=dome, starts_at=tokyo_midnight + timedelta(minutes=30)),
            summary(2, venue=GARDEN, starts_at=tokyo_midnight + timedelta(hours=13)),
        ]
    )
    assert numbers(ask(index, date="today")) == [2]
    assert numbers(ask(index, date="tomorrow")) == [1]
    assert numbers(ask(index, date="tonight")) == [1, 2]


def test_what_has_begun_is_not_found(index: Index) -> None:
    assert numbers(ask(index, now=NOW + timedelta(days=39), category="jazz")) == [4]


def test_distances_are_told(index: Index) -> None:
    [event] = ask(index, latlong="40.75,-73.99", keyword="metallica").events
    assert event.distance_km == 0
    [brno] = ask(index, latlong="48.2131,16.3925", radius="150", artist="Gęś").events
    assert brno.distance_km == pytest.approx(110.3, abs=1)


def test_facets_count_what_the_other_filters_leave(index: Index) -> None:
    facets = ask(index, city="wien").facets
    assert {value.value: value.count for value in facets.category} == {"music": 2, "jazz": 2}
    assert {value.value: value.count for value in facets.city}["Paris"] == 2
    facets = ask(index, category="jazz", availability="available").facets
    assert [(value.value, value.count) for value in facets.artist] == [("Blue Quartet", 2)]
    assert {value.value: value.count for value in facets.category} == {"music": 6, "jazz": 2}
    [venue] = facets.venue_id
    assert (venue.label, venue.count) == ("Halle am Fluss", 2)


def test_pages_add_up(index: Index) -> None:
    pages = [ask(index, size="3", page=str(page)) for page in range(5)]
    assert [number for page in pages for number in numbers(page)] == numbers(ask(index))
    assert {(page.page.total_elements, page.page.total_pages) for page in pages} == {(10, 4)}


@pytest.mark.parametrize("sort", ["relevance", "date", "price", "distance", "announced"])
def test_every_order_pages_without_gap_or_repetition(index: Index, sort: str) -> None:
    asked: dict[str, Any] = {"sort": sort, "keyword": "", "latlong": "48.2,16.4", "radius": "20000"}
    whole = numbers(ask(index, **asked))
    parts = [numbers(ask(index, **asked, size="3", page=str(page))) for page in range(4)]
    assert [number for part in parts for number in part] == whole
    assert sorted(whole) == list(range(1, 11))


@pytest.mark.parametrize(
    "query",
    [
        {"radius": "10"},
        {"location": "!!!"},
        {"category": ","},
        {"latlong": "1000,5"},
        {"latlong": "91,5"},
        {"latlong": "x"},
        {"latlong": "48.2,16.4", "radius": "0"},
        {"latlong": "48.2,16.4", "radius": "nan"},
        {"latlong": "48.2,16.4", "unit": "parsec"},
        {"sort": "distance"},
        {"sort": "best"},
        {"date": "2030-02-30"},
        {"date": "yesterday-ish"},
        {"startDateTime": "2030-13-01T00:00:00Z"},
        {"startDateTime": "2030-03-01T00:00:00"},
        {"startDateTime": "2030-03-02T00:00:00Z", "endDateTime": "2030-03-01T00:00:00Z"},
        {"endDateTime": "0001-01-01T00:00:00+14:00"},
        {"priceMin": "5", "priceMax": "4"},
        {"priceMin": "-1"},
        {"size": "1000000000"},
        {"limit": "1000000000"},
        {"size": "0"},
        {"page": "-1"},
        {"page": "1000000001"},
        {"keyword": "a" * 10_000},
        {"countryCode": "AUT"},
        {"availability": "some"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(index: Index, query: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        ask(index, **query)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "typed",
    ['" OR 1=1 --', "artist:*", "+-~^[]{}()\\", "%", "*", "'; DROP TABLE", "\x00", "🎭",
     "a b c d e f g h i j k l m n o p",
     "ﷺ", "\u202e", "  ", "zzzzzzzzzzzzzzzz", "İstanbul", "ß", "\ud7ff" * 100],
)  # fmt: skip
def test_no_sign_means_anything_but_itself(index: Index, typed: str) -> None:
    answer = ask(index, keyword=typed)
    assert answer.page.total_elements in (0, *range(11))
    assert suggest_events(index, SuggestQuery(typed), NOW) is not None


def test_nothing_is_found_in_an_empty_index() -> None:
    index = build_index([])
    nothing: dict[str, Any] = {}
    for query in (nothing, {"keyword": "x"}, {"keyword": "beyonce tonight"}, {"date": "today"}, {"latlong": "1,1"}):
        answer = ask(index, **query)
        assert (answer.events, answer.page.total_elements) == ([], 0)
    assert suggest_events(index, SuggestQuery("abc"), NOW) == []


def suggested(index: Index, typed: str) -> list[tuple[str, str]]:
    found = suggest_events(index, SuggestQuery(typed), NOW)
    return [(suggestion.kind, suggestion.label) for suggestion in found if suggestion.kind != "event"]


def test_suggestions(index: Index) -> None:
    assert suggested(index, "bey") == [("artist", "Beyoncé")]
    assert suggested(index, "metalli") == [("artist", "Metallica")]
    assert suggested(index, "linden")[0] == ("venue", "Lindenhof Garden")
    assert ("city", "Paris") in suggested(index, "pari") and ("venue", "Paris Club") in suggested(index, "pari")
    assert suggested(index, "quartte") == [("artist", "Blue Quartet")]
    assert suggested(index, "") == []
    [event] = suggest_events(index, SuggestQuery("highwy to"), NOW)
    assert (event.kind, event.label, event.value) == ("event", "Highway to Hell", "evt_0000000000000005")
    assert len(suggest_events(index, SuggestQuery("paris", size=1), NOW)) == 1
    [wien] = [found for found in suggest_events(index, SuggestQuery("wien"), NOW) if found.kind == "city"]
    assert (wien.value, wien.detail, wien.events) == ("Wien", "AT", 4)


def test_what_many_ask_for_stays_longer_at_the_edge(index: Index) -> None:
    def seconds(**query: Any) -> int:
        return seconds_at_the_edge(build(query, EventsQuery, strict=False), ask(index, **query), NOW)

    assert seconds(city="wien") == 300
    assert seconds(keyword="jazz") == 30
    assert seconds(latlong="48.2,16.4") == 30
    assert seconds(city="paris") == 30, "one of these is about to sell out"
    assert seconds(city="nowhere") == 30
    just_opened = build_index([summary(1, on_sale_at=NOW - timedelta(minutes=20))])
    assert seconds_at_the_edge(EventsQuery(), ask(just_opened), NOW) == 30


def test_rows_survive_the_index(index: Index) -> None:
    found = {event.event_id: event for event in index.listings()}
    assert found == {event.event_id: event for event in SEASON}
    assert index.row_of("evt_0000000000000005") is not None and index.row_of("evt_9") is None


def test_an_event_that_names_no_price_is_found_but_not_by_price() -> None:
    index = build_index([summary(1, price=None, status="scheduled"), summary(2, price=4000), summary(3, price=2000)])
    answer = ask(index, sort="price")
    assert numbers(answer) == [3, 2, 1]
    assert answer.events[2].price_range is None
    assert numbers(ask(index, priceMax="9000", sort="price")) == [3, 2]
    assert numbers(ask(index, priceMin="0", sort="price")) == [3, 2]
    assert next(iter(index.listings())).price_range is None
