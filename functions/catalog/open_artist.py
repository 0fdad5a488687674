"""GET /organizer/artists/{artistId}: the artist as it is at this moment, to be changed."""

from __future__ import annotations

from catalog.artists import Artist
from catalog.register import get_artist
from kit.auth import ORGANIZER
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, raises=(NotFound,))
def handler(call: Call) -> Artist:
    """Like the public one, but never from a cache: its `version` is the one to send with a change."""
    return get_artist(call.path["artistId"])
