"""GET /venues/{venueId}/events.ics: a venue's upcoming events, for a calendar."""

from __future__ import annotations

import catalog
from kit.auth import PUBLIC
from kit.errors import Busy, NotFound
from kit.http import Answer, Call, endpoint
from search.asking import EventsQuery, understand
from search.calendars import EVENTS_MAX, calendar_answer
from search.finding import find
from search.serving import serving


@endpoint(callers=PUBLIC, raises=(NotFound, Busy))
def handler(call: Call) -> Answer:
    """The next hundred events at this venue."""
    venue = catalog.get_venue(call.path["venueId"])
    wishes = understand(EventsQuery(venue_id=venue.venue_id, size=EVENTS_MAX))
    events = find(serving.current(call.now), wishes, call.now).events
    return calendar_answer(venue.name, events, call.now)
