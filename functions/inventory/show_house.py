"""GET /organizer/events/{eventId}/house: how every section stands, and what is kept out of the sale."""

from __future__ import annotations

from datetime import datetime

import msgspec

import catalog
from catalog import Section
from inventory import blocks, rows, sales
from inventory.blocks import Block
from inventory.problems import NotOnSaleYet
from inventory.seats import ended_before, is_blocked, is_sold
from kit.auth import ORGANIZER
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint


class SectionCounts(msgspec.Struct, frozen=True, rename="camel"):
    """available + held + sold + blocked = capacity, as the rows stand now."""

    section: str
    label: str
    capacity: int
    available: int
    held: int
    sold: int
    blocked: int


class House(msgspec.Struct, frozen=True, rename="camel"):
    event_id: str
    sections: list[SectionCounts]
    blocks: list[Block]


@endpoint(callers=ORGANIZER, raises=(NotFound, NotOnSaleYet, Busy))
def handler(call: Call) -> House:
    event = sales.shown_event(call.path["eventId"], call.now)
    chart = catalog.get_chart(event.chart_hash)
    counts = [_count(event.event_id, section, call.now) for section in chart.sections]
    return House(event.event_id, counts, blocks.of(event.event_id))


def _count(event_id: str, section: Section, now: datetime) -> SectionCounts:
    items = rows.load(event_id, section.key, len(section.row_sizes()))
    there = [value for item in items for value in rows.values_of(item).values()]
    sold, blocked = sum(map(is_sold, there)), sum(map(is_blocked, there))
    available = sum(value < ended_before(now) for value in there)
    held = len(there) - sold - blocked - available
    return SectionCounts(section.key, section.label, len(there), available, held, sold, blocked)
