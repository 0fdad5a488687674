"""A small season with names from many scripts, and questions asked of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog import PriceRange, Venue
from kit.decode import build
from kit.money import Money
from search import serving
from search.asking import EventsQuery
from search.index import Index, build_index
from search.listing import EventSummary
from search.search_events import Events, search_events

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
"""A Friday."""
HALL = Venue("ven_0000000000000001", "Halle am Fluss", "Wien", "AT", "Europe/Vienna", 48.2131, 16.3925)
GARDEN = Venue("ven_0000000000000002", "Lindenhof Garden", "New York", "US", "America/New_York", 40.75, -73.99)
DOME = Venue("ven_0000000000000003", "東京ドーム", "東京", "JP", "Asia/Tokyo", 35.7056, 139.7519)
SALLE = Venue("ven_0000000000000004", "Salle Étoile", "Paris", "FR", "Europe/Paris", 48.8566, 2.3522)
WEMBLEY = Venue("ven_0000000000000005", "Paris Club", "Brno", "CZ", "Europe/Prague", 49.1951, 16.6068)


def summary(number: int, **said: Any) -> EventSummary:
    """An event as the index has it, 10 days ahead unless said."""
    starts_at = said.pop("starts_at", NOW + timedelta(days=10))
    low = said.pop("price", 3000)
    values = {
        "name": "An Evening",
        "artist": "Somebody",
        "category": "music",
        "image_url": None,
        "venue": HALL,
        "on_sale_at": NOW - timedelta(days=1),
        "announced_at": NOW - timedelta(days=30),
        "status": "on_sale",
        "availability": "available",
    }
    return EventSummary(
        event_id=f"evt_{number:016d}",
        starts_at=starts_at,
        price_range=low and PriceRange(Money(low, "EUR"), Money(2 * low, "EUR")),
        **(values | said),
    )


SEASON = [
    summary(1, name="Renaissance Tour", artist="Beyoncé", price=9000),
    summary(2, name="A Tribute to Beyoncé", artist="The Covers", starts_at=NOW + timedelta(days=2)),
    summary(3, name="Late Set", artist="Blue Quartet", category="jazz", starts_at=NOW.replace(hour=20)),
    summary(4, name="Early Set", artist="Blue Quartet", category="jazz", starts_at=NOW + timedelta(days=40)),
    summary(5, name="Highway to Hell", artist="AC/DC", venue=GARDEN, starts_at=NOW + timedelta(days=20)),
    summary(6, name="無罪モラトリアム", artist="椎名林檎", venue=DOME, starts_at=NOW + timedelta(days=5)),
    summary(7, name="Группа крови", artist="Кино", venue=SALLE, availability="few"),
    summary(8, name="The The", artist="The The", venue=SALLE, availability="none", price=1000),
    summary(9, name="Rockin' the Łódź", artist="Gęś", venue=WEMBLEY, on_sale_at=NOW + timedelta(days=3)),
    summary(10, name="Metallica", artist="Metallica", venue=GARDEN, announced_at=NOW - timedelta(hours=1)),
]


@pytest.fixture(scope="session")
def index() -> Index:
    return build_index(SEASON)


def ask(index: Index, now: datetime = NOW, **query: Any) -> Events:
    """The answer to query parameters as they come in an address."""
    return search_events(index, build(query, EventsQuery, strict=False), now)


def numbers(answer: Events) -> list[int]:
    """Which events were found, in order."""
    return [int(event.event_id.removeprefix("evt_")) for event in answer.events]


def forget_index() -> None:
    """As a function that has just started."""
    serving.serving.__init__()  # type: ignore[misc]
