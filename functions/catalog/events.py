"""Events and venues: their types, and what must be true of an event before it is created."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Annotated, Literal
from zoneinfo import available_timezones

import msgspec

from catalog.charts import Chart
from kit.decode import END
from kit.money import Money
from pricing import Key, Pricing, faults, price_range, too_small

Status = Literal["draft", "scheduled", "on_sale", "cancelled", "moved"]
Availability = Literal["available", "few", "none", "unknown"]
OrphanRule = Literal["strict", "lenient", "off"]
"""Whether a choice of seats may leave a single one: never where the same number fits elsewhere, never where it
fits otherwise in the same group of neighbours, or always."""
FEW_OF_CAPACITY = 10
"""Less than a tenth left is few."""
LIMIT_PER_PERSON = 8
LEASE_SECONDS = 600
PRESALES_MAX = 10
AHEAD_MAX = timedelta(days=3 * 365)

NO_CONTROL_SIGNS = "^[^\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]+" + END
"""Nor signs that break the line or turn the direction of the text around them."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=NO_CONTROL_SIGNS)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]
OWN_IMAGE = "/images/[0-9a-f]{64}/[0-9]{3,4}\\.webp"
ImageAddress = Annotated[str, msgspec.Meta(max_length=500, pattern=f"^(?:https://[^\\s\"'<>]+|{OWN_IMAGE})" + END)]
ChartHash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}" + END)]
Category = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern="^[a-z][a-z-]*" + END)]
LimitPerPerson = Annotated[int, msgspec.Meta(ge=1, le=50)]
LeaseSeconds = Annotated[int, msgspec.Meta(ge=300, le=600)]
CountryCode = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}" + END)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class Venue(msgspec.Struct, frozen=True, rename="camel"):
    """Where events happen. `timezone` is an IANA name; event times are shown in it. `version` counts its changes."""

    venue_id: str
    name: str
    city: str
    country_code: str
    timezone: str
    latitude: float
    longitude: float
    address: str = ""
    version: int = 1


class NewVenue(msgspec.Struct, frozen=True, rename="camel"):
    """A venue as an organizer sends it."""

    name: Name
    city: Name
    country_code: CountryCode
    timezone: Annotated[str, msgspec.Meta(max_length=64)]
    latitude: Latitude
    longitude: Longitude
    address: Annotated[str, msgspec.Meta(max_length=300)] = ""


class PriceRange(msgspec.Struct, frozen=True, rename="camel"):
    """The cheapest and the dearest ticket, each bought alone, everything included."""

    min: Money
    max: Money


class RefundPolicy(msgspec.Struct, frozen=True, rename="camel"):
    """Tickets may be given back until so many hours before the start. Without `feesReturned`, fees are kept."""

    until_hours_before_start: Annotated[int, msgspec.Meta(ge=0, le=24 * 365)]
    fees_returned: bool


class Move(msgspec.Struct, frozen=True, rename="camel"):
    """An event has another date now. Who bought before may give tickets back, free of charge, until `keepUntil`."""

    starts_at: datetime
    doors_at: datetime
    sale_ends_at: datetime
    former_starts_at: datetime
    moved_at: datetime
    keep_until: datetime


class Presale(msgspec.Struct, frozen=True, rename="camel"):
    """A window before the sale opens, in which who has one of its codes may buy."""

    id: Key
    name: Name
    starts_at: Instant
    ends_at: Instant


class Event(msgspec.Struct, frozen=True, rename="camel"):
    """One performance. `seat_count` is 0 until it is on sale; times are UTC. Without a policy, no refunds.

    One that is only announced has an empty `chart_hash` and `seat_map_url`, and no price range while it names no price.
    """

    event_id: str
    name: str
    artist: str
    category: str
    description: str
    image_url: str | None
    venue: Venue
    starts_at: datetime
    doors_at: datetime
    on_sale_at: datetime
    sale_ends_at: datetime
    status: Status
    availability: Availability
    currency: str
    pricing: Pricing
    price_range: PriceRange | None
    limit_per_person: int
    lease_seconds: int
    chart_hash: str
    seat_map_url: str
    seat_count: int
    orphan_rule: OrphanRule = "off"
    waiting_room: bool = False
    """Whether people buy by way of the waiting room alone."""
    announced_at: datetime | None = None
    refund_policy: RefundPolicy | None = None
    moved: Move | None = None
    artist_id: str | None = None
    """Of an artist with a page; `artist` is the name in any case."""
    series_id: str | None = None
    presales: list[Presale] = []
    version: int = 1
    """How often an organizer has written it."""


Presales = Annotated[list[Presale], msgspec.Meta(max_length=PRESALES_MAX)]


class NewEvent(msgspec.Struct, frozen=True, rename="camel"):
    """An event as an organizer sends it. Doors open an hour before, sales end at the start, unless said.

    `artistId`, or `artist` with a name alone; `seriesId` where it is one date of several.
    Without a chart it is announced: it can be found, and goes on sale once it has one.
    """

    name: Name
    category: Category
    venue_id: str
    starts_at: Instant
    on_sale_at: Instant
    pricing: Pricing
    artist: Name | None = None
    artist_id: str | None = None
    series_id: str | None = None
    chart_hash: ChartHash | None = None
    doors_at: Instant | None = None
    sale_ends_at: Instant | None = None
    description: Text = ""
    image_url: ImageAddress | None = None
    limit_per_person: LimitPerPerson = LIMIT_PER_PERSON
    lease_seconds: LeaseSeconds = LEASE_SECONDS
    orphan_rule: OrphanRule = "lenient"
    waiting_room: bool = False
    refund_policy: RefundPolicy | None = None
    presales: Presales = []


class FieldProblem(msgspec.Struct, frozen=True):
    """A field's path and what is wrong with its value."""

    path: str
    problem: str


def is_timezone(name: str) -> bool:
    """Whether this is an IANA time zone, and so one that every browser knows: systems have files beside them."""
    return name in _timezones()


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "localtime"})


def event_faults(new: NewEvent, chart: Chart | None, now: datetime) -> Iterator[FieldProblem]:
    """What keeps a new event from being sold: its times among each other, its prices against its chart if any."""
    if not now < new.starts_at <= now + AHEAD_MAX:
        yield FieldProblem("startsAt", "must lie in the next three years")
    if new.doors_at and not timedelta() <= new.starts_at - new.doors_at <= timedelta(days=1):
        yield FieldProblem("doorsAt", "does not lie in the day before the start")
    ends = new.sale_ends_at or new.starts_at
    if new.on_sale_at >= ends:
        yield FieldProblem("onSaleAt", "is not before the end of the sale")
    if now - new.on_sale_at > AHEAD_MAX:
        yield FieldProblem("onSaleAt", "lies more than three years back")
    if new.sale_ends_at and new.sale_ends_at > new.starts_at + timedelta(days=1):
        yield FieldProblem("saleEndsAt", "is more than a day after the start")
    if (new.artist is None) == (new.artist_id is None):
        yield FieldProblem("artist", "is needed, or artistId in its place")
    for i, presale in enumerate(new.presales):
        if presale.id in [before.id for before in new.presales[:i]]:
            yield FieldProblem(f"presales[{i}].id", f"{presale.id!r} is there twice")
        if not presale.starts_at < presale.ends_at <= new.on_sale_at:
            yield FieldProblem(f"presales[{i}].endsAt", "does not lie between its start and the opening of the sale")
    categories = [category.key for category in chart.categories] if chart else list(new.pricing.prices)
    for path, problem in chain(faults(new.pricing, categories), too_small(new.pricing)):
        yield FieldProblem(f"pricing.{path}", problem)


def scheduled(new: NewEvent, event_id: str, venue: Venue, artist: str, now: datetime) -> Event:
    """The event that a faultless request describes, not yet on sale. `artist` is the name of whoever performs."""
    return Event(
        event_id=event_id,
        name=new.name,
        artist=artist,
        category=new.category,
        description=new.description,
        image_url=new.image_url,
        venue=venue,
        starts_at=new.starts_at.astimezone(UTC),
        doors_at=(new.doors_at or new.starts_at - timedelta(hours=1)).astimezone(UTC),
        on_sale_at=new.on_sale_at.astimezone(UTC),
        sale_ends_at=(new.sale_ends_at or new.starts_at).astimezone(UTC),
        status="scheduled",
        availability="unknown",
        currency=new.pricing.currency,
        pricing=new.pricing,
        price_range=PriceRange(*price_range(new.pricing)) if any(new.pricing.prices.values()) else None,
        limit_per_person=new.limit_per_person,
        lease_seconds=new.lease_seconds,
        chart_hash=new.chart_hash or "",
        seat_map_url=seat_map_url(new.chart_hash or ""),
        seat_count=0,
        orphan_rule=new.orphan_rule,
        waiting_room=new.waiting_room,
        announced_at=now,
        refund_policy=new.refund_policy,
        artist_id=new.artist_id,
        series_id=new.series_id,
        presales=[
            Presale(presale.id, presale.name, presale.starts_at.astimezone(UTC), presale.ends_at.astimezone(UTC))
            for presale in new.presales
        ],
    )


def seat_map_url(chart_hash: str) -> str:
    """Where the chart is, below the site; empty where there is none."""
    return f"/charts/{chart_hash}.json" if chart_hash else ""


def moved_to(event: Event, starts_at: datetime, keep_until: datetime, now: datetime) -> Move:
    """Doors and the end of the sale move along. Raises ValueError with what is wrong."""
    starts_at = starts_at.astimezone(UTC)
    if not now < starts_at <= now + AHEAD_MAX:
        raise ValueError("startsAt must lie in the next three years")
    if not now < keep_until <= starts_at:
        raise ValueError("keepUntil does not lie between now and the new start")
    later = starts_at - event.starts_at
    return Move(
        starts_at=starts_at,
        doors_at=event.doors_at + later,
        sale_ends_at=event.sale_ends_at + later,
        former_starts_at=event.starts_at,
        moved_at=now,
        keep_until=keep_until.astimezone(UTC),
    )


def availability_word(available: int, capacity: int) -> Availability:
    """How much is left, in a word that a list can show."""
    if available <= 0:
        return "none"
    return "few" if available * FEW_OF_CAPACITY < capacity else "available"
