"""What the index knows of an event: as much as a list shows."""

from __future__ import annotations

from datetime import datetime

import msgspec

from catalog import Availability, Event, PriceRange, Status, Venue

AVAILABILITY: tuple[Availability, ...] = ("available", "few", "none", "unknown")
STATUSES: tuple[Status, ...] = ("scheduled", "on_sale", "moved")
"""Of events that are to be found; drafts and cancelled ones are not."""


class EventSummary(msgspec.Struct, frozen=True, rename="camel"):
    """An event as a list shows it. `distanceKm` is from the point that was asked about."""

    event_id: str
    name: str
    artist: str
    category: str
    image_url: str | None
    venue: Venue
    starts_at: datetime
    on_sale_at: datetime
    announced_at: datetime
    status: Status
    availability: Availability
    price_range: PriceRange | None
    distance_km: float | None = None
    artist_id: str | None = None
    series_id: str | None = None


def listing(event: Event) -> EventSummary:
    """What is indexed of an event."""
    return EventSummary(
        event_id=event.event_id,
        name=event.name,
        artist=event.artist,
        category=event.category,
        image_url=event.image_url,
        venue=event.venue,
        starts_at=event.starts_at,
        on_sale_at=event.on_sale_at,
        announced_at=event.announced_at or event.on_sale_at,
        status=event.status,
        availability=event.availability,
        price_range=event.price_range,
        artist_id=event.artist_id,
        series_id=event.series_id,
    )
