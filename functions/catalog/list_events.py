"""GET /events: what is coming up, in the order of time."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated

import msgspec

from catalog.events import Availability, Event, PriceRange, Status, Venue
from catalog.store import upcoming
from kit.auth import PUBLIC
from kit.clock import rfc3339
from kit.http import Call, endpoint
from kit.pages import InvalidCursor, PageQuery, seal, unseal

EXAMINED_MAX = 500
"""A page of a rare filter may be short, and says where to go on."""
Words = Annotated[str, msgspec.Meta(max_length=100)]


class EventsQuery(PageQuery, frozen=True, rename="camel"):
    """All filters must match; `keyword` is looked for in event, artist, venue and city."""

    keyword: Words = ""
    category: Words = ""
    city: Words = ""


class EventSummary(msgspec.Struct, frozen=True, rename="camel"):
    """An event as a list shows it."""

    event_id: str
    name: str
    artist: str
    category: str
    image_url: str | None
    venue: Venue
    starts_at: datetime
    on_sale_at: datetime
    status: Status
    availability: Availability
    price_range: PriceRange


class Events(msgspec.Struct, frozen=True, rename="camel"):
    """A page. Without `nextCursor` it is the last."""

    events: list[EventSummary]
    next_cursor: str | None


@endpoint(callers=PUBLIC, cache_seconds=30, raises=(InvalidCursor,))
def handler(call: Call, query: EventsQuery) -> Events:
    """Upcoming events, soonest first."""
    audience = ("events", query.keyword, query.category, query.city)
    after = unseal(query.cursor, *audience) if query.cursor else rfc3339(call.now)
    events, position = list_events(query, after)
    return Events(events, seal(position, *audience) if position else None)


def list_events(query: EventsQuery, after: str) -> tuple[list[EventSummary], str | None]:
    """The events of one page, and where the next one starts, if there may be one."""
    found: list[EventSummary] = []
    for examined, (position, event) in enumerate(upcoming(after), 1):
        if len(found) == query.limit or examined > EXAMINED_MAX:
            return found, after
        after = position
        if _matches(query, event):
            found.append(msgspec.convert(event, EventSummary, from_attributes=True))
    return found, None


def _matches(query: EventsQuery, event: Event) -> bool:
    searched = " ".join((event.name, event.artist, event.venue.name, event.venue.city))
    return (
        event.status in ("scheduled", "on_sale")
        and all(word in _folded(searched) for word in _folded(query.keyword).split())
        and query.category in ("", event.category)
        and _folded(query.city) in ("", _folded(event.venue.city))
    )


def _folded(text: str) -> str:
    """Without case and accents, as people type."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).strip()
