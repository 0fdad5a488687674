"""GET /events: which events there are, by words, place, day, price and what is left."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from kit.auth import PUBLIC
from kit.errors import Busy, Invalid
from kit.http import Call, endpoint
from search.asking import EventsQuery, understand
from search.finding import Facets, Found, find
from search.index import Index
from search.listing import EventSummary
from search.serving import serving

POPULAR_SECONDS, OTHER_SECONDS = 300, 30
SOON = timedelta(seconds=POPULAR_SECONDS)
RUSH = timedelta(hours=1)
"""After a sale has opened; then it may be sold out from one minute to the next."""


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """Which page this is, of how many."""

    number: int
    size: int
    total_elements: int
    total_pages: int


class ReadAs(msgspec.Struct, frozen=True, rename="camel"):
    """How the typed sentence was understood: its words, and the day it named."""

    words: list[str]
    date: str


class Events(msgspec.Struct, frozen=True, rename="camel"):
    """What was found."""

    events: list[EventSummary]
    page: Page
    facets: Facets
    read_as: ReadAs


def seconds_at_the_edge(query: EventsQuery, answer: Events, now: datetime) -> int:
    """What many people ask for may be five minutes old; new events purge it. What is about to sell out may not."""
    typed = query.keyword or query.location or query.latlong or query.start_date_time or query.page
    changing = any(
        event.availability == "few" or now - RUSH <= event.on_sale_at <= now + SOON or event.starts_at <= now + SOON
        for event in answer.events
    )
    return OTHER_SECONDS if typed or changing or not answer.events else POPULAR_SECONDS


@endpoint(callers=PUBLIC, cache_seconds=seconds_at_the_edge, raises=(Invalid, Busy))
def handler(call: Call, query: EventsQuery) -> Events:
    """Upcoming events, with counts to narrow them down by."""
    return search_events(serving.current(call.now), query, call.now)


def search_events(index: Index, query: EventsQuery, now: datetime) -> Events:
    """Raises Invalid."""
    wishes = understand(query)
    found = find(index, wishes, now)
    if not found.total and wishes.day and not query.date:
        # "Tonight" may be the name of the song.
        wishes = wishes.literally(query.keyword)
        found = find(index, wishes, now)
    return Events(
        events=found.events,
        page=_page(found, query),
        facets=found.facets,
        read_as=ReadAs(list(wishes.words), wishes.day),
    )


def _page(found: Found, query: EventsQuery) -> Page:
    return Page(query.page, query.size, found.total, -(-found.total // query.size))
