"""PATCH /organizer/artists/{artistId}: what is sent changes, also the name in the artist's events."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import asdict, replace

from catalog import register
from catalog.artists import Artist, ArtistChanges
from kit.auth import ORGANIZER
from kit.errors import ChangedMeanwhile, NotFound, VersionRequired
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, raises=(NotFound, VersionRequired, ChangedMeanwhile))
def handler(call: Call, body: ArtistChanges) -> Artist:
    """`If-Match` names the version that was read; whoever comes second is told so."""
    return edit_artist(call.path["artistId"], body, call.version_read)


def edit_artist(artist_id: str, changes: ArtistChanges, version: int) -> Artist:
    """Raises NotFound, ChangedMeanwhile."""
    artist = register.get_artist(artist_id)
    sent = {name: value for name, value in asdict(changes).items() if value is not UNSET}
    return register.change(replace(artist, **sent, version=version + 1), version)
