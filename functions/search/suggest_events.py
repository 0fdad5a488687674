"""GET /events/suggest: what somebody who is still typing may mean."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import numpy as np

from kit.auth import PUBLIC
from kit.errors import Busy, Invalid
from kit.http import Call, endpoint
from search.asking import Text, understand_typed
from search.index import KINDS, Index
from search.serving import serving

EVENTS_FOR_DOUBLE = 30.0
"""So many upcoming events make a name count about twice."""


class SuggestQuery(msgspec.Struct, frozen=True, rename="camel"):
    """`keyword` is what was typed until now."""

    keyword: Text = ""
    size: Annotated[int, msgspec.Meta(ge=1, le=20)] = 8


class Suggestion(msgspec.Struct, frozen=True, rename="camel"):
    """Something to search for: `value` is what the filter of its kind (artist, venueId, city) takes."""

    kind: Literal["artist", "venue", "city"]
    label: str
    detail: str
    value: str
    events: int


class Suggestions(msgspec.Struct, frozen=True, rename="camel"):
    """The likeliest first."""

    suggestions: list[Suggestion]


@endpoint(callers=PUBLIC, cache_seconds=60, raises=(Invalid, Busy))
def handler(call: Call, query: SuggestQuery) -> Suggestions:
    """Artists, venues and cities that begin like what was typed, or nearly so."""
    return Suggestions(suggest_events(serving.current(call.now), query))


def suggest_events(index: Index, query: SuggestQuery) -> list[Suggestion]:
    """Names that fit, those with many events before those with few."""
    scores = index.suggestions.scores(understand_typed(query.keyword))
    if scores is None:
        return []
    fitting = np.flatnonzero(scores)
    weighed = scores[fitting] * (1 + np.log1p(index.entities.events[fitting]) / np.log1p(EVENTS_FOR_DOUBLE))
    best = fitting[np.argsort(-weighed, kind="stable")[: query.size]]
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
