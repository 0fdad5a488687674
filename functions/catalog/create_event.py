"""POST /organizer/events: an event with its prices; it goes on sale by a call of its own."""

from __future__ import annotations

from datetime import datetime

import msgspec

from catalog.charts import Chart
from catalog.events import Event, FieldProblem, NewEvent, Venue, event_faults, scheduled
from catalog.identity import identify
from catalog.problems import InvalidEvent
from catalog.store import add_event, get_chart, get_venue
from kit.auth import ORGANIZER
from kit.errors import IdempotencyKeyRequired, IdempotencyMismatch, NotFound
from kit.http import Call, endpoint


@endpoint(
    callers=ORGANIZER,
    status=201,
    idempotency_key="optional",
    raises=(InvalidEvent, IdempotencyKeyRequired, IdempotencyMismatch),
)
def handler(call: Call, body: NewEvent) -> Event:
    """Create an event; every fault is named at once, with its field."""
    event_id, asked = identify(call, "evt")
    return create_event(body, event_id, asked, call.now)


def create_event(new: NewEvent, event_id: str, asked: str, now: datetime) -> Event:
    """Load what it names, check, keep. Raises InvalidEvent, IdempotencyMismatch."""
    venue, chart = look_up(new)
    if problems := list(event_faults(new, chart, now)):
        raise invalid(*problems)
    return add_event(scheduled(new, event_id, venue, now), asked)


def look_up(new: NewEvent) -> tuple[Venue, Chart | None]:
    """Its venue, and its chart if it has one. Raises InvalidEvent."""
    try:
        venue = get_venue(new.venue_id)
    except NotFound as error:
        raise invalid(FieldProblem("venueId", "is no venue of ours")) from error
    try:
        return venue, get_chart(new.chart_hash) if new.chart_hash else None
    except NotFound as error:
        raise invalid(FieldProblem("chartHash", "is no chart of ours")) from error


def invalid(*problems: FieldProblem) -> InvalidEvent:
    """Says all that is wrong, in words and by field."""
    said = "; ".join(f"{problem.path} {problem.problem}" for problem in problems)
    return InvalidEvent(f"{said}.", problems=msgspec.to_builtins(problems))
