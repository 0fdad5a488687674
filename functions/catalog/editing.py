"""Changing an event: what may change until when, and what the event is afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from catalog.events import (
    Category,
    ChartHash,
    Event,
    FieldProblem,
    ImageAddress,
    Instant,
    LeaseSeconds,
    LimitPerPerson,
    Name,
    NewEvent,
    OrphanRule,
    Presales,
    RefundPolicy,
    Text,
    Venue,
    scheduled,
)
from pricing import Pricing

ONCE_SOLD = (
    ("venueId", "venue_id", "is where tickets were sold for"),
    ("refundPolicy", "refund_policy", "is what tickets were sold under"),
    ("waitingRoom", "waiting_room", "was settled when the event was put on sale"),
)
"""What buyers have relied on, or the sale rests on, once an event has its seats."""


class EventChanges(msgspec.Struct, frozen=True, rename="camel"):
    """What is not sent stays; `pricing` comes whole. Doors and the end of the sale move with the start, unless said."""

    name: Name | UnsetType = UNSET
    artist: Name | UnsetType = UNSET
    artist_id: str | UnsetType = UNSET
    series_id: str | UnsetType | None = UNSET
    category: Category | UnsetType = UNSET
    venue_id: str | UnsetType = UNSET
    chart_hash: ChartHash | UnsetType = UNSET
    starts_at: Instant | UnsetType = UNSET
    doors_at: Instant | UnsetType = UNSET
    on_sale_at: Instant | UnsetType = UNSET
    sale_ends_at: Instant | UnsetType = UNSET
    pricing: Pricing | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    image_url: ImageAddress | UnsetType | None = UNSET
    limit_per_person: LimitPerPerson | UnsetType = UNSET
    lease_seconds: LeaseSeconds | UnsetType = UNSET
    orphan_rule: OrphanRule | UnsetType = UNSET
    waiting_room: bool | UnsetType = UNSET
    refund_policy: RefundPolicy | UnsetType | None = UNSET
    presales: Presales | UnsetType = UNSET


def as_asked(event: Event) -> NewEvent:
    """The request that would describe this event as it is."""
    same = {name: getattr(event, name) for name in NewEvent.__struct_fields__ if hasattr(event, name)}
    name = None if event.artist_id else event.artist
    return NewEvent(**same | {"artist": name, "venue_id": event.venue.venue_id, "chart_hash": event.chart_hash or None})


def with_changes(before: NewEvent, changes: EventChanges) -> NewEvent:
    """The request that describes the event afterwards."""
    sent: dict[str, Any] = {name: value for name, value in asdict(changes).items() if value is not UNSET}
    if changes.starts_at is not UNSET:
        later = changes.starts_at - before.starts_at
        for name in ("doors_at", "sale_ends_at"):
            sent.setdefault(name, getattr(before, name) + later)
    if ("artist" in sent) != ("artist_id" in sent):
        sent |= {"artist": sent.get("artist"), "artist_id": sent.get("artist_id")}  # one takes the other's place
    return replace(before, **sent)


def locked(event: Event, before: NewEvent, after: NewEvent, now: datetime) -> Iterator[FieldProblem]:
    """What was to be changed and cannot be any more."""
    if event.status == "cancelled":
        yield FieldProblem("status", "is cancelled: nothing of it changes any more")
    if event.status != "scheduled" and after.starts_at != before.starts_at:
        yield FieldProblem("startsAt", "is moved, not edited: POST …/move tells who has bought")
    if not event.seat_count:
        return
    for path, name, why in ONCE_SOLD:
        if getattr(before, name) != getattr(after, name):
            yield FieldProblem(path, why)
    if after.on_sale_at != before.on_sale_at and before.on_sale_at <= now:
        yield FieldProblem("onSaleAt", "is over: the sale has begun")
    if after.pricing.currency != before.pricing.currency:
        yield FieldProblem("pricing.currency", "is what tickets were sold in")
    for gone in {kind.id for kind in before.pricing.ticket_types} - {kind.id for kind in after.pricing.ticket_types}:
        yield FieldProblem("pricing.ticketTypes", f"{gone!r} was on sale, so tickets may name it")


def rewritten(event: Event, after: NewEvent, venue: Venue, artist: str) -> Event:
    """The event that a faultless change leads to; what became of it stays. Prices meet later holds only."""
    described = scheduled(after, event.event_id, venue, artist, event.announced_at or event.on_sale_at)
    moved = event.moved and replace(event.moved, doors_at=described.doors_at, sale_ends_at=described.sale_ends_at)
    return replace(
        described,
        status=event.status,
        availability=event.availability,
        seat_count=event.seat_count,
        moved=moved,
        version=event.version + 1,
    )
