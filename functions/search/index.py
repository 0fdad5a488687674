"""The index: every upcoming event as one row of some columns, in the order of time, and the words it is found by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from catalog import PriceRange, Venue
from kit.clock import from_ms, to_ms
from kit.money import Money
from search.listing import AVAILABILITY, STATUSES, EventSummary
from search.text_index import Field, TextIndex, build_text
from search.words import key_of

Array = NDArray[Any]
SEPARATOR = "\0"
"""In no text, so that many can lie one behind the other."""
ID_LENGTH = 20
ARTIST, NAME, VENUE, CITY, CATEGORY = 8.0, 7.0, 5.0, 4.0, 3.0
"""What a word counts by where it stands."""
NO_PRICE = -1
"""Of an event that is announced without one."""
KINDS = ("artist", "venue", "city")


@dataclass(frozen=True)
class Columns:
    """A value for each event; names, artists and the like are numbers of rows in `Tables`. Times in ms, UTC."""

    event_id: Array
    starts_at: Array
    on_sale_at: Array
    announced_at: Array
    price_min: Array
    price_max: Array
    currency: Array
    status: Array
    availability: Array
    name: Array
    artist: Array
    artist_id: Array
    series_id: Array
    category: Array
    image: Array
    venue: Array
    city: Array
    country: Array
    timezone: Array


@dataclass(frozen=True)
class Tables:
    """Each distinct text once. Venues are JSON; cities carry their country: `Wien, AT`. The keys of artists and cities,
    and the ids of venues, stand beside them, so that opening an index folds and decodes nothing."""

    name: list[str]
    artist: list[str]
    artist_id: list[str]
    series_id: list[str]
    artist_key: list[str]
    category: list[str]
    image: list[str]
    venue: list[str]
    venue_id: list[str]
    city: list[str]
    city_key: list[str]
    country: list[str]
    timezone: list[str]
    currency: list[str]


@dataclass(frozen=True)
class Entities:
    """What is suggested: artists, venues and cities, with how many events each has."""

    kind: Array
    number: Array
    events: Array


@dataclass(frozen=True)
class Index:
    """For reading; only `columns.availability` may be written to, in memory."""

    columns: Columns
    tables: Tables
    entities: Entities
    words: TextIndex
    suggestions: TextIndex
    latitude: Array
    longitude: Array
    by_id: Array
    """Rows in the order of their event ids."""

    @property
    def size(self) -> int:
        return len(self.columns.event_id)

    @cached_property
    def artists(self) -> dict[str, list[int]]:
        """Artists by the keys of their names."""
        return _places(self.tables.artist_key)

    @cached_property
    def cities(self) -> dict[str, list[int]]:
        """Cities by the keys of their names, without their countries."""
        return _places(self.tables.city_key)

    @cached_property
    def venues(self) -> dict[str, list[int]]:
        """Venues by their ids; one that was changed between events is there more than once."""
        return _places(self.tables.venue_id)

    def warm(self) -> None:
        """Make what is made once now, and not for the first who asks."""
        self.artists, self.cities, self.venues  # noqa: B018

    def row_of(self, event_id: str) -> int | None:
        wanted = np.array(event_id.encode(), f"S{ID_LENGTH}")
        place = int(np.searchsorted(self.columns.event_id, wanted, sorter=self.by_id))
        if place == self.size or self.columns.event_id[self.by_id[place]] != wanted:
            return None
        return int(self.by_id[place])

    def venue(self, number: int) -> Venue:
        return msgspec.json.decode(self.tables.venue[number], type=Venue)

    def listing(self, row: int, distance_km: float | None = None) -> EventSummary:
        """The event of a row."""
        columns, tables = self.columns, self.tables
        return EventSummary(
            event_id=bytes(columns.event_id[row]).decode(),
            name=tables.name[columns.name[row]],
            artist=tables.artist[columns.artist[row]],
            category=tables.category[columns.category[row]],
            image_url=tables.image[columns.image[row]] or None,
            venue=self.venue(columns.venue[row]),
            starts_at=from_ms(int(columns.starts_at[row])),
            on_sale_at=from_ms(int(columns.on_sale_at[row])),
            announced_at=from_ms(int(columns.announced_at[row])),
            status=STATUSES[columns.status[row]],
            availability=AVAILABILITY[columns.availability[row]],
            price_range=self._price_range(row),
            distance_km=distance_km,
            artist_id=tables.artist_id[columns.artist_id[row]] or None,
            series_id=tables.series_id[columns.series_id[row]] or None,
        )

    def _price_range(self, row: int) -> PriceRange | None:
        low, high = int(self.columns.price_min[row]), int(self.columns.price_max[row])
        currency = self.tables.currency[self.columns.currency[row]]
        return None if low == NO_PRICE else PriceRange(Money(low, currency), Money(high, currency))

    def listings(self) -> Iterable[EventSummary]:
        """Everything that is indexed: with it, and what has changed, the next index is built."""
        return (self.listing(row) for row in range(self.size))


class _Numbers(dict[str, int]):
    """Texts numbered in the order of their first appearance."""

    def of(self, text: str) -> int:
        return self.setdefault(text.replace(SEPARATOR, ""), len(self))


def build_index(listings: Iterable[EventSummary]) -> Index:
    """The index of these events."""
    events = sorted(listings, key=lambda event: (event.starts_at, event.event_id))
    numbers = {field.name: _Numbers() for field in fields(Tables)}
    venues: dict[Venue, int] = {}
    for event in events:
        venues.setdefault(event.venue, len(venues))
    places = list(venues)
    venue_texts = [msgspec.json.encode(place).decode() for place in places]
    venue_city = [numbers["city"].of(f"{place.city}, {place.country_code}") for place in places]
    venue_country = [numbers["country"].of(place.country_code) for place in places]
    venue_timezone = [numbers["timezone"].of(place.timezone) for place in places]
    of_venue = np.array([venues[event.venue] for event in events], np.uint32)

    def numbered(table: str, texts: Iterable[str]) -> Array:
        return np.array([numbers[table].of(text) for text in texts], np.uint32)

    def per_venue(values: Sequence[int]) -> Array:
        return np.array(values, np.uint32)[of_venue] if events else np.array([], np.uint32)

    columns = Columns(
        event_id=np.array([event.event_id.encode() for event in events], f"S{ID_LENGTH}"),
        starts_at=np.array([to_ms(event.starts_at) for event in events], np.int64),
        on_sale_at=np.array([to_ms(event.on_sale_at) for event in events], np.int64),
        announced_at=np.array([to_ms(event.announced_at) for event in events], np.int64),
        price_min=np.array([_from(event).amount for event in events], np.int64),
        price_max=np.array(
            [event.price_range.max.amount if event.price_range else NO_PRICE for event in events], np.int64
        ),
        currency=numbered("currency", (_from(event).currency for event in events)),
        status=np.array([STATUSES.index(event.status) for event in events], np.uint8),
        availability=np.array([AVAILABILITY.index(event.availability) for event in events], np.uint8),
        name=numbered("name", (event.name for event in events)),
        artist=numbered("artist", (event.artist for event in events)),
        artist_id=numbered("artist_id", (event.artist_id or "" for event in events)),
        series_id=numbered("series_id", (event.series_id or "" for event in events)),
        category=numbered("category", (event.category for event in events)),
        image=numbered("image", (event.image_url or "" for event in events)),
        venue=of_venue,
        city=per_venue(venue_city),
        country=per_venue(venue_country),
        timezone=per_venue(venue_timezone),
    )
    beside = {
        "artist_key": [key_of(artist) for artist in numbers["artist"]],
        "city_key": [key_of(city.rpartition(",")[0]) for city in numbers["city"]],
        "venue": venue_texts,
        "venue_id": [place.venue_id for place in places],
    }
    tables = Tables(**({name: list(of) for name, of in numbers.items()} | beside))
    entities, entity_fields = _entities(columns, tables, places)
    words = [
        Field(tables.artist, columns.artist, ARTIST),
        Field(tables.name, columns.name, NAME),
        Field([place.name for place in places], columns.venue, VENUE),
        Field([city.rpartition(",")[0] for city in tables.city], columns.city, CITY),
        Field(tables.category, columns.category, CATEGORY),
    ]
    return Index(
        columns=columns,
        tables=tables,
        entities=entities,
        words=build_text(len(events), words),
        suggestions=build_text(len(entities.kind), entity_fields),
        latitude=np.array([place.latitude for place in places], np.float32),
        longitude=np.array([place.longitude for place in places], np.float32),
        by_id=np.argsort(columns.event_id).astype(np.uint32),
    )


def _from(event: EventSummary) -> Money:
    return event.price_range.min if event.price_range else Money(NO_PRICE, "")


def _entities(columns: Columns, tables: Tables, places: Sequence[Venue]) -> tuple[Entities, list[Field]]:
    """Artists, then venues, then cities; a venue is also found by its city."""
    cities = [city.rpartition(",")[0] for city in tables.city]
    texts = {"artist": tables.artist, "venue": [place.name for place in places], "city": cities}
    counts = [np.bincount(column, minlength=len(texts[kind])) for kind, column in _columns_of_kinds(columns).items()]
    sizes = [len(texts[kind]) for kind in KINDS]
    entities = Entities(
        kind=np.repeat(np.arange(len(KINDS), dtype=np.uint8), sizes),
        number=np.concatenate([np.arange(size, dtype=np.uint32) for size in sizes]),
        events=np.concatenate(counts).astype(np.uint32),
    )
    labels = [text for kind in KINDS for text in texts[kind]]
    beside = ["" for _ in texts["artist"]] + [place.city for place in places] + ["" for _ in cities]
    rows = np.arange(len(labels))
    return entities, [Field(labels, rows, 8.0), Field(beside, rows, 2.0)]


def _columns_of_kinds(columns: Columns) -> dict[str, Array]:
    return {"artist": columns.artist, "venue": columns.venue, "city": columns.city}


def _places(texts: Sequence[str]) -> dict[str, list[int]]:
    """Where each text stands."""
    found: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        found.setdefault(text, []).append(place)
    return found
