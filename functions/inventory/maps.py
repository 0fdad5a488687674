"""The map as a client needs it: the chart's address, which seats are left, what each section costs."""

from __future__ import annotations

import msgspec

from catalog import Event
from inventory.snapshots import SectionBits, Snapshot
from kit.money import Money
from pricing import all_in


class SectionPricing(msgspec.Struct, frozen=True, rename="camel"):
    """Seats left in a section, and its cheapest and dearest ticket, everything included.

    `version`: where live updates of this section go on from.
    """

    section: str
    version: int
    available: int
    seat_count: int
    price_min: Money
    price_max: Money


class Availability(msgspec.Struct, frozen=True, rename="camel"):
    """`availabilityBitmap`: base64, most significant bit first; bit i is the chart's i-th seat, 1 = free.

    A later answer never has a lower `version`.
    """

    event_id: str
    availability_bitmap: str
    version: int
    section_pricing: list[SectionPricing]


class SeatMapConfig(msgspec.Struct, frozen=True, rename="camel"):
    """The chart: never changes under its address."""

    url: str
    hash: str
    seat_count: int


class SeatMap(msgspec.Struct, frozen=True, rename="camel"):
    """`Availability` with everything else that a first look needs. `waitingRoom`: the way in, where there is one."""

    event_id: str
    event_name: str
    seat_map_config: SeatMapConfig
    availability_bitmap: str
    version: int
    section_pricing: list[SectionPricing]
    waiting_room: str | None = None


def availability(event: Event, snapshot: Snapshot) -> Availability:
    return Availability(event.event_id, snapshot.bitmap(), snapshot.version, _sections(event, snapshot))


def seat_map(event: Event, snapshot: Snapshot) -> SeatMap:
    return SeatMap(
        event_id=event.event_id,
        event_name=event.name,
        seat_map_config=SeatMapConfig(event.seat_map_url, event.chart_hash, snapshot.seat_count),
        availability_bitmap=snapshot.bitmap(),
        version=snapshot.version,
        section_pricing=_sections(event, snapshot),
        waiting_room=f"/queue/{event.event_id}" if event.waiting_room else None,
    )


def _sections(event: Event, snapshot: Snapshot) -> list[SectionPricing]:
    """A chart has few categories and many sections: each category is priced once."""
    prices = {
        category: [all_in(event.pricing, category, ticket_type_id) for ticket_type_id in by_type]
        for category, by_type in event.pricing.prices.items()
    }
    return [_section(section, prices) for section in snapshot.sections]


def _section(section: SectionBits, prices: dict[str, list[Money]]) -> SectionPricing:
    amounts = sorted(
        (price for category in section.categories for price in prices[category]),
        key=lambda price: price.amount,
    )
    return SectionPricing(
        section=section.section,
        version=section.version,
        available=section.available,
        seat_count=section.seat_count,
        price_min=amounts[0],
        price_max=amounts[-1],
    )
