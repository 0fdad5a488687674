"""GET /artists/{artist}/events.ics: an artist's upcoming events, for a calendar."""

from __future__ import annotations

from urllib.parse import unquote

from kit.auth import PUBLIC
from kit.errors import Busy, NotFound
from kit.http import Answer, Call, endpoint
from search.asking import EventsQuery, understand
from search.calendars import EVENTS_MAX, calendar_answer
from search.finding import find
from search.serving import serving

NAME_LENGTH_MAX = 120


@endpoint(callers=PUBLIC, raises=(NotFound, Busy))
def handler(call: Call) -> Answer:
    """The next hundred events of this artist, whose name is written as one likes: case and accents do not matter."""
    wishes = understand(EventsQuery(artist=unquote(call.path["artist"])[:NAME_LENGTH_MAX], size=EVENTS_MAX))
    events = find(serving.current(call.now), wishes, call.now).events
    if not events or not wishes.artist:
        raise NotFound
    return calendar_answer(events[0].artist, events, call.now)
