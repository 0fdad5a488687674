"""POST /organizer/events/{eventId}/on-sale: give an event its seats, then say that it is on sale."""

from __future__ import annotations

from datetime import datetime

import msgspec

import catalog
from catalog import Chart, EventNotSellable
from inventory import left, rows, sections, snapshots
from inventory.snapshots import before_sale
from inventory.writes import Unanswered
from kit.auth import ORGANIZER
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint


class OnSale(msgspec.Struct, frozen=True, rename="camel"):
    """The event and how many seats it sells."""

    event_id: str
    status: str
    seat_count: int


@endpoint(callers=ORGANIZER, raises=(NotFound, EventNotSellable, Busy))
def handler(call: Call) -> OnSale:
    return put_on_sale(call.path["eventId"], call.now)


def put_on_sale(event_id: str, now: datetime) -> OnSale:
    """Every step leaves alone what is there already, so that a broken run is finished by the next one.

    The event is marked last: one that is on sale has all its seats. Raises NotFound, EventNotSellable, Busy.
    """
    event = catalog.get_event(event_id)
    if event.status not in ("scheduled", "on_sale", "moved"):
        raise EventNotSellable(eventStatus=event.status)
    if not event.chart_hash:
        raise EventNotSellable("It has no seating chart yet.")
    if event.starts_at <= now:
        raise EventNotSellable("It has started.")
    catalog.settle_chart(event)
    chart = catalog.get_chart(event.chart_hash)
    create_seats(event_id, event.chart_hash, chart)
    marked = catalog.mark_on_sale(event_id, chart.seat_count, now)
    try:
        left.settle(event_id, now)  # of an event that was moved, seats are sold already
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
    return OnSale(event_id, marked.status, marked.seat_count)


def create_seats(event_id: str, chart_hash: str, chart: Chart) -> None:
    """Those of the chart's seats that are not there yet. Raises Busy."""
    sizes = [(section.key, row, size) for section in chart.sections for row, size in enumerate(section.row_sizes())]
    try:
        sections.save(chart_hash, chart)
        snapshots.create(event_id, [before_sale(*numbered) for numbered in enumerate(chart.sections)])
        rows.create(event_id, sizes)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
