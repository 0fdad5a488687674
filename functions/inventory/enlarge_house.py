"""POST /organizer/events/{eventId}/chart: more seats for an event that is being sold."""

from __future__ import annotations

from datetime import datetime

import msgspec

import catalog
from catalog import Chart, ChartHash, Event, EventNotSellable
from inventory import left
from inventory.problems import ChartNotLarger
from inventory.put_on_sale import OnSale, create_seats
from inventory.writes import Unanswered
from kit.auth import ORGANIZER
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint
from pricing import UnknownCategory


class LargerChart(msgspec.Struct, frozen=True, rename="camel"):
    """`chartHash` of an imported chart: the event's own, and further sections behind it."""

    chart_hash: ChartHash


@endpoint(callers=ORGANIZER, raises=(NotFound, EventNotSellable, ChartNotLarger, UnknownCategory, Busy))
def handler(call: Call, body: LargerChart) -> OnSale:
    return enlarge_house(call.path["eventId"], body.chart_hash, call.now)


def enlarge_house(event_id: str, chart_hash: str, now: datetime) -> OnSale:
    """The seats first, the event last. Every seat keeps its address and its place in the bitmap.

    Again, or after a broken run, it does what is left to do.
    Raises NotFound, EventNotSellable, ChartNotLarger, UnknownCategory, Busy.
    """
    event = catalog.get_event(event_id)
    if event.status != "on_sale" or event.starts_at <= now:
        raise EventNotSellable(eventStatus=event.status)
    chart = catalog.get_chart(chart_hash)
    _check(event, catalog.get_chart(event.chart_hash), chart)
    catalog.settle_larger_chart(event, chart_hash)
    create_seats(event_id, chart_hash, chart)
    larger = catalog.enlarge(event, chart_hash, chart.seat_count)
    try:
        left.settle(event_id, now)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
    return OnSale(event_id, larger.status, larger.seat_count)


def _check(event: Event, before: Chart, after: Chart) -> None:
    """Whoever still has the old chart reads the new bitmap rightly, as far as that chart goes."""
    if after.sections[: len(before.sections)] != before.sections:
        raise ChartNotLarger
    for section in after.sections:
        for category in {section.category, *(seat.category for row in section.rows for seat in row.seats)} - {None}:
            if category not in event.pricing.prices:
                raise UnknownCategory(category=category)
