"""POST /organizer/artists: an artist, whom events can refer to."""

from __future__ import annotations

from msgspec.structs import asdict

from catalog import register
from catalog.artists import Artist, NewArtist
from catalog.identity import identify
from kit.auth import ORGANIZER
from kit.errors import IdempotencyKeyRequired, IdempotencyMismatch
from kit.http import Call, endpoint


@endpoint(
    callers=ORGANIZER, status=201, idempotency_key="optional", raises=(IdempotencyKeyRequired, IdempotencyMismatch)
)
def handler(call: Call, body: NewArtist) -> Artist:
    """Create an artist."""
    artist_id, asked = identify(call, "art")
    return register.add(Artist(artist_id=artist_id, **asdict(body)), asked)
