"""Events as a calendar that a phone can subscribe to (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kit.http import Answer
from search.listing import EventSummary

if TYPE_CHECKING:
    from icalendar import Event as Entry

LASTS = timedelta(hours=3)
"""What nobody has said: long enough to keep the evening free."""
EVENTS_MAX = 100
CONTENT_TYPE = "text/calendar; charset=utf-8"
FETCH_AGAIN = timedelta(hours=6)


def calendar_answer(name: str, events: Iterable[EventSummary], now: datetime) -> Answer:
    """The feed of these events."""
    # Not at the start: a phone waits for its calendar gladly, a search that starts should not wait for the library.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Boxoffice//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", FETCH_AGAIN, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_entry(event, now))
    return Answer(calendar.to_ical(), CONTENT_TYPE, headers={"cache-control": "public, max-age=300"})


def _entry(event: EventSummary, now: datetime) -> Entry:
    from icalendar import Event as Entry

    entry = Entry()
    entry.add("uid", f"{event.event_id}@boxoffice")
    entry.add("dtstamp", now)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.starts_at + LASTS)
    entry.add("summary", event.name)
    entry.add("description", event.artist)
    venue = event.venue
    entry.add("location", ", ".join(part for part in (venue.name, venue.address, venue.city) if part))
    entry.add("geo", (venue.latitude, venue.longitude))
    entry.add("categories", [event.category])
    entry.add("status", "CONFIRMED")
    return entry
