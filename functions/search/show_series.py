"""GET /series/{seriesId}: a series and its upcoming dates."""

from __future__ import annotations

from msgspec.structs import asdict

import catalog
from catalog import Series
from kit.auth import PUBLIC
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint
from search.asking import EventsQuery, understand
from search.finding import find
from search.listing import EventSummary
from search.serving import serving

EVENTS_MAX = 100


class SeriesPage(Series, frozen=True, rename="camel"):
    """The first hundred events that have not begun, in the order of time."""

    events: list[EventSummary] = []


@endpoint(callers=PUBLIC, cache_seconds=60, raises=(NotFound, Busy))
def handler(call: Call) -> SeriesPage:
    """Events as the search has them: what is new is here within a minute."""
    series = catalog.get_series(call.path["seriesId"])
    wishes = understand(EventsQuery(series_id=series.series_id, size=EVENTS_MAX))
    return SeriesPage(**asdict(series), events=find(serving.current(call.now), wishes, call.now).events)
