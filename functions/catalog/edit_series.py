"""PATCH /organizer/series/{seriesId}: what is sent changes."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import asdict, replace

from catalog import register
from catalog.artists import Series, SeriesChanges
from kit.auth import ORGANIZER
from kit.errors import ChangedMeanwhile, NotFound, VersionRequired
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, raises=(NotFound, VersionRequired, ChangedMeanwhile))
def handler(call: Call, body: SeriesChanges) -> Series:
    """`If-Match` names the version that was read; whoever comes second is told so."""
    return edit_series(call.path["seriesId"], body, call.version_read)


def edit_series(series_id: str, changes: SeriesChanges, version: int) -> Series:
    """Raises NotFound, ChangedMeanwhile."""
    series = register.get_series(series_id)
    sent = {name: value for name, value in asdict(changes).items() if value is not UNSET}
    return register.change(replace(series, **sent, version=version + 1), version)
