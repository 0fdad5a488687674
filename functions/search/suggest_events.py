"""GET /events/suggest: what somebody who is still typing may mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
import numpy as np

from kit.auth import PUBLIC
from kit.errors import Busy, Invalid
from kit.http import Call, endpoint
from search.asking import EventsQuery, Text, understand, understand_typed
from search.finding import find
from search.index import KINDS, Index
from search.listing import EventSummary
from search.serving import serving

EVENTS_MAX = 3
EVENTS_FOR_DOUBLE = 30.0
"""So many upcoming events make a name count about twice."""


class SuggestQuery(msgspec.Struct, frozen=True, rename="camel"):
    """`keyword` is what was typed until now."""

    keyword: Text = ""
    size: Annotated[int, msgspec.Meta(ge=1, le=20)] = 8


class Suggestion(msgspec.Struct, frozen=True, rename="camel"):
    """Something to search for: `value` is what the filter of its kind (artist, venueId, city) takes, or the id of
    an event."""

    kind: Literal["artist", "venue", "city", "event"]
    label: str
    detail: str
    value: str
    events: int


class Suggestions(msgspec.Struct, frozen=True, rename="camel"):
    """The likeliest first."""

    suggestions: list[Suggestion]


@endpoint(callers=PUBLIC, cache_seconds=60, raises=(Invalid, Busy))
def handler(call: Call, query: SuggestQuery) -> Suggestions:
    """Artists, venues, cities and events that begin like what was typed, or nearly so."""
    return Suggestions(suggest_events(serving.current(call.now), query, call.now))


def suggest_events(index: Index, query: SuggestQuery, now: datetime) -> list[Suggestion]:
    """Names that fit, those with many events before those with few; then events."""
    words = understand_typed(query.keyword)
    if not words:
        return []
    wishes = understand(EventsQuery(keyword=" ".join(words), size=min(EVENTS_MAX, query.size)))
    events = [_event(event) for event in find(index, wishes, now).events]
    return [*_names(index, words, query.size - len(events)), *events]


def _event(event: EventSummary) -> Suggestion:
    return Suggestion("event", event.name, f"{event.artist}, {event.venue.city}", event.event_id, 1)


def _names(index: Index, words: Sequence[str], most: int) -> list[Suggestion]:
    scores = index.suggestions.scores(words)
    assert scores is not None
    fitting = np.flatnonzero(scores)
    weighed = scores[fitting] * (1 + np.log1p(index.entities.events[fitting]) / np.log1p(EVENTS_FOR_DOUBLE))
    best = fitting[np.argsort(-weighed, kind="stable")[: max(0, most)]]
    return [_suggestion(index, int(entity)) for entity in best]


def _suggestion(index: Index, entity: int) -> Suggestion:
    kind = KINDS[index.entities.kind[entity]]
    number, events = int(index.entities.number[entity]), int(index.entities.events[entity])
    match kind:
        case "artist":
            artist = index.tables.artist[number]
            return Suggestion("artist", artist, "", artist, events)
        case "venue":
            venue = index.venue(number)
            return Suggestion("venue", venue.name, f"{venue.city}, {venue.country_code}", venue.venue_id, events)
    city, _, country = index.tables.city[number].rpartition(", ")
    return Suggestion("city", city, country, city, events)
