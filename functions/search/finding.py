"""Which events answer a wish, in which order, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from kit.clock import to_ms
from search.asking import Wishes
from search.days import span_of
from search.index import NO_PRICE, Index
from search.listing import AVAILABILITY, EventSummary

Array = NDArray[Any]
EARTH_RADIUS_KM = 6371.0088
FACET_VALUES_MAX = 12
SAME_NAME = 150.0
"""On top of a score, whose words count up to 255 each: the artist is called exactly what was typed."""
STEP = 4.0
"""Scores that differ by less are the same, and the sooner event comes first."""
LAST_MS = 2**62


class FacetValue(msgspec.Struct, frozen=True, rename="camel"):
    """A value to filter by, and how many events would be left."""

    value: str
    count: int
    label: str = ""


class Facets(msgspec.Struct, frozen=True, rename="camel"):
    """Counts by value, the most frequent first. Each ignores the filter of its own kind, so that others can be
    chosen."""

    category: list[FacetValue]
    city: list[FacetValue]
    country_code: list[FacetValue]
    artist: list[FacetValue]
    venue_id: list[FacetValue]
    availability: list[FacetValue]


@dataclass(frozen=True)
class Found:
    """One page of what was found, and of how much."""

    events: list[EventSummary]
    total: int
    facets: Facets


def find(index: Index, wishes: Wishes, now: datetime) -> Found:
    """Upcoming events, one page of them."""
    search = _Search(index, wishes, now)
    rows = search.matching()
    shown = search.ordered(rows)[wishes.page * wishes.size : (wishes.page + 1) * wishes.size]
    distances = search.distances
    return Found(
        events=[
            index.listing(row, None if distances is None else round(float(distances[index.columns.venue[row]]), 1))
            for row in shown.tolist()
        ],
        total=len(rows),
        facets=search.facets(),
    )


class _Search:
    """The masks of one search: for each filter, which rows of the slice in time it lets through."""

    def __init__(self, index: Index, wishes: Wishes, now: datetime) -> None:
        self._index, self._wishes, self._now_ms = index, wishes, to_ms(now)
        columns = index.columns
        self._slice, self._rest = self._in_time(now)
        self.distances = _distances(index, wishes.point) if wishes.point else None
        if self.distances is not None:
            self._keep((self.distances <= wishes.radius_km)[self._of(columns.venue)])
        self._scores = index.words.scores(wishes.words, unfinished=wishes.unfinished)
        if self._scores is not None:
            self._keep(self._scores[self._slice] > 0)
        if wishes.place:
            self._keep(self._at_place())
        if wishes.price_min is not None:
            self._keep(self._of(columns.price_max) >= wishes.price_min)
        if wishes.price_max is not None:
            prices = self._of(columns.price_min)
            self._keep((prices != NO_PRICE) & (prices <= wishes.price_max))
        if wishes.artist_id:
            self._keep(_any_of(self._of(columns.artist_id), _numbers(index.tables.artist_id, [wishes.artist_id])))
        if wishes.series_id:
            self._keep(_any_of(self._of(columns.series_id), _numbers(index.tables.series_id, [wishes.series_id])))
        if wishes.sort == "on-sale":
            self._keep(self._of(columns.on_sale_at) > self._now_ms)
        self._chosen = dict(self._choices())

    def _of(self, column: Array) -> Array:
        return column[self._slice]

    def _keep(self, mask: Array) -> None:
        self._rest = mask if self._rest is None else self._rest & mask

    def _in_time(self, now: datetime) -> tuple[slice, Array | None]:
        """Rows are in the order of time, so that a span of time is a slice of them. What has begun is over."""
        wishes, starts = self._wishes, self._index.columns.starts_at
        earliest = max(self._now_ms, to_ms(wishes.starts_from)) if wishes.starts_from else self._now_ms
        latest = to_ms(wishes.starts_until) if wishes.starts_until else LAST_MS
        zones = self._index.tables.timezone
        if not wishes.day or not zones:
            return _between(starts, earliest, latest), None
        spans = np.array([[to_ms(end) for end in span_of(wishes.day, now, zone)] for zone in zones])
        within = _between(starts, max(earliest, int(spans[:, 0].min())), min(latest, int(spans[:, 1].max()) - 1))
        begins, ends = spans[self._index.columns.timezone[within]].T
        return within, (begins <= starts[within]) & (starts[within] < ends)

    def _at_place(self) -> Array:
        """Venues and cities whose names have these words."""
        index = self._index
        scores = index.suggestions.scores(self._wishes.place)
        assert scores is not None
        matching = scores > 0
        entities = index.entities
        at_venue = matching[entities.kind == 1]
        in_city = matching[entities.kind == 2]
        return np.asarray(at_venue[self._of(index.columns.venue)] | in_city[self._of(index.columns.city)])

    def _choices(self) -> Iterable[tuple[str, Array]]:
        """The filters that are facets, too."""
        index, wishes = self._index, self._wishes
        columns, tables = index.columns, index.tables
        if wishes.categories:
            yield "category", _any_of(self._of(columns.category), _numbers(tables.category, wishes.categories))
        if wishes.city:
            yield "city", _any_of(self._of(columns.city), index.cities.get(wishes.city, []))
        if wishes.country:
            yield "country", _any_of(self._of(columns.country), _numbers(tables.country, [wishes.country]))
        if wishes.artist:
            yield "artist", _any_of(self._of(columns.artist), index.artists.get(wishes.artist, []))
        if wishes.venue_id:
            yield "venue", _any_of(self._of(columns.venue), index.venues.get(wishes.venue_id, []))
        if wishes.availability:
            words = [AVAILABILITY.index(word) for word in wishes.availability]
            yield "availability", _any_of(self._of(columns.availability), words)

    def matching(self, but: str = "") -> Array:
        """The rows that all filters let through, or all but one."""
        mask = self._rest
        for name, chosen in self._chosen.items():
            if name != but:
                mask = chosen if mask is None else mask & chosen
        if mask is None:
            return np.arange(self._slice.start, max(self._slice.start, self._slice.stop))
        return np.asarray(np.flatnonzero(mask) + self._slice.start)

    def ordered(self, rows: Array) -> Array:
        """As many of these rows, best first, as the page and those before it show."""
        columns, wishes = self._index.columns, self._wishes
        wanted = (wishes.page + 1) * wishes.size
        match wishes.sort:
            case "relevance" if self._scores is not None:
                keys = -np.round(self._fit(rows) / STEP)
            case "distance" if self.distances is not None:
                keys = self.distances[columns.venue[rows]]
            case "price":
                keys = columns.price_min[rows]
                keys = np.where(keys == NO_PRICE, LAST_MS, keys)
            case "announced":
                keys = -columns.announced_at[rows]
            case "on-sale":
                keys = columns.on_sale_at[rows]
            case _:
                return rows[:wanted]
        if wanted < len(rows):
            # The worst key that is still shown decides; ties with it are settled by time.
            worst = np.partition(keys, wanted - 1)[wanted - 1]
            near = keys <= worst
            rows, keys = rows[near], keys[near]
        return np.asarray(rows[np.argsort(keys, kind="stable")][:wanted])

    def _fit(self, rows: Array) -> Array:
        assert self._scores is not None
        scores = self._scores[rows]
        for number in self._index.artists.get(" ".join(self._wishes.words), []):
            scores = scores + SAME_NAME * (self._index.columns.artist[rows] == number)
        return np.asarray(scores)

    def facets(self) -> Facets:
        index, tables = self._index, self._index.tables
        everything = self.matching()

        def counted(name: str, column: Array, size: int, most: int = FACET_VALUES_MAX) -> list[tuple[int, int]]:
            rows = self.matching(but=name) if name in self._chosen else everything
            counts = np.bincount(column[rows], minlength=size)
            best = np.argpartition(-counts, most)[:most] if len(counts) > most else np.arange(len(counts))
            best = best[np.argsort(-counts[best], kind="stable")]
            return [(int(number), int(counts[number])) for number in best if counts[number]]

        def values(name: str, column: Array, table: Sequence[str]) -> list[FacetValue]:
            return [FacetValue(table[number], count) for number, count in counted(name, column, len(table))]

        columns = index.columns
        venues = [(index.venue(number), count) for number, count in counted("venue", columns.venue, len(tables.venue))]
        return Facets(
            category=values("category", columns.category, tables.category),
            city=[
                FacetValue(tables.city[number].rpartition(",")[0], count, tables.city[number])
                for number, count in counted("city", columns.city, len(tables.city))
            ],
            country_code=values("country", columns.country, tables.country),
            artist=values("artist", columns.artist, tables.artist),
            venue_id=[FacetValue(venue.venue_id, count, venue.name) for venue, count in venues],
            availability=values("availability", columns.availability, AVAILABILITY),
        )


def _between(starts: Array, earliest: int, latest: int) -> slice:
    first = int(np.searchsorted(starts, earliest, "left"))
    return slice(first, max(first, int(np.searchsorted(starts, latest, "right"))))


def _any_of(column: Array, numbers: Sequence[int]) -> Array:
    mask = np.zeros(len(column), bool)
    for number in numbers:
        mask |= column == number
    return mask


def _numbers(table: Sequence[str], wanted: Iterable[str]) -> list[int]:
    return [table.index(value) for value in wanted if value in table]


def _distances(index: Index, point: tuple[float, float]) -> Array:
    """Kilometres along the ground from a point to each venue."""
    latitude, longitude = np.radians(index.latitude), np.radians(index.longitude)
    here, there = np.radians(point)
    half = np.sin((latitude - here) / 2) ** 2
    half = half + np.cos(here) * np.cos(latitude) * np.sin((longitude - there) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1))))
