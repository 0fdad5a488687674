"""Artists, and series: runs of the same show on several dates. Events refer to both by id."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from catalog.events import ImageAddress, Name, Text


class Artist(msgspec.Struct, frozen=True, rename="camel"):
    """Who performs. `version` counts its changes."""

    artist_id: str
    name: str
    description: str = ""
    image_url: str | None = None
    version: int = 1


class NewArtist(msgspec.Struct, frozen=True, rename="camel"):
    """An artist as an organizer sends it."""

    name: Name
    description: Text = ""
    image_url: ImageAddress | None = None


class ArtistChanges(msgspec.Struct, frozen=True, rename="camel"):
    """What is not sent stays."""

    name: Name | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    image_url: ImageAddress | UnsetType | None = UNSET


class Series(msgspec.Struct, frozen=True, rename="camel"):
    """A show with several dates. `version` counts its changes."""

    series_id: str
    name: str
    description: str = ""
    version: int = 1


class NewSeries(msgspec.Struct, frozen=True, rename="camel"):
    """A series as an organizer sends it."""

    name: Name
    description: Text = ""


class SeriesChanges(msgspec.Struct, frozen=True, rename="camel"):
    """What is not sent stays."""

    name: Name | UnsetType = UNSET
    description: Text | UnsetType = UNSET
