"""PATCH /organizer/venues/{venueId}: what is sent changes, in the venue and in all its events."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from catalog import register
from catalog.events import CountryCode, Latitude, Longitude, Name, Venue, is_timezone
from kit.auth import ORGANIZER
from kit.errors import ChangedMeanwhile, Invalid, NotFound, VersionRequired
from kit.http import Call, endpoint


class VenueChanges(msgspec.Struct, frozen=True, rename="camel"):
    """What is not sent stays."""

    name: Name | UnsetType = UNSET
    city: Name | UnsetType = UNSET
    country_code: CountryCode | UnsetType = UNSET
    timezone: Annotated[str, msgspec.Meta(max_length=64)] | UnsetType = UNSET
    latitude: Latitude | UnsetType = UNSET
    longitude: Longitude | UnsetType = UNSET
    address: Annotated[str, msgspec.Meta(max_length=300)] | UnsetType = UNSET


@endpoint(callers=ORGANIZER, raises=(NotFound, VersionRequired, ChangedMeanwhile, Invalid))
def handler(call: Call, body: VenueChanges) -> Venue:
    """`If-Match` names the version that was read; whoever comes second is told so."""
    return edit_venue(call.path["venueId"], body, call.version_read)


def edit_venue(venue_id: str, changes: VenueChanges, version: int) -> Venue:
    """Its events follow within seconds (`update_copies`). Raises NotFound, ChangedMeanwhile, Invalid."""
    if changes.timezone is not UNSET and not is_timezone(changes.timezone):
        raise Invalid("timezone must be an IANA name, such as Europe/Vienna.", field="timezone")
    venue = register.get_venue(venue_id)
    sent = {name: value for name, value in asdict(changes).items() if value is not UNSET}
    return register.change(replace(venue, **sent, version=version + 1), version)
