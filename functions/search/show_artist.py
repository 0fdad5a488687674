"""GET /artists/{artistId}: an artist and their upcoming events."""

from __future__ import annotations

from msgspec.structs import asdict

import catalog
from catalog import Artist
from kit.auth import PUBLIC
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint
from search.asking import EventsQuery, understand
from search.finding import find
from search.listing import EventSummary
from search.serving import serving

EVENTS_MAX = 100


class ArtistPage(Artist, frozen=True, rename="camel"):
    """The first hundred events that have not begun, in the order of time."""

    events: list[EventSummary] = []


@endpoint(callers=PUBLIC, cache_seconds=60, raises=(NotFound, Busy))
def handler(call: Call) -> ArtistPage:
    """Events as the search has them: what is new is here within a minute."""
    artist = catalog.get_artist(call.path["artistId"])
    wishes = understand(EventsQuery(artist_id=artist.artist_id, size=EVENTS_MAX))
    return ArtistPage(**asdict(artist), events=find(serving.current(call.now), wishes, call.now).events)
