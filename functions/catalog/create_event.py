"""POST /organizer/events: an event with its prices; it goes on sale by a call of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from catalog.charts import Chart
from catalog.drawings import get_chart
from catalog.events import Event, FieldProblem, NewEvent, Venue, event_faults, scheduled
from catalog.identity import identify
from catalog.problems import InvalidEvent
from catalog.register import get_artist, get_series, get_venue
from catalog.store import add_event
from kit.auth import ORGANIZER
from kit.errors import IdempotencyKeyRequired, IdempotencyMismatch, NotFound
from kit.http import Call, endpoint

T = TypeVar("T")


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
    named = look_up(new)
    if problems := list(event_faults(new, named.chart, now)):
        raise invalid(*problems)
    return add_event(scheduled(new, event_id, named.venue, named.artist, now), asked)


class Named(NamedTuple):
    """What an event refers to, as it is now; of an artist, the name."""

    venue: Venue
    chart: Chart | None
    artist: str


def look_up(new: NewEvent) -> Named:
    """Raises InvalidEvent."""
    venue = _known("venueId", "venue", get_venue, new.venue_id)
    chart = _known("chartHash", "chart", get_chart, new.chart_hash) if new.chart_hash else None
    artist = _known("artistId", "artist", get_artist, new.artist_id).name if new.artist_id is not None else new.artist
    if new.series_id is not None:
        _known("seriesId", "series", get_series, new.series_id)
    return Named(venue, chart, artist or "")


def _known(path: str, word: str, load: Callable[[str], T], name: str) -> T:
    try:
        return load(name)
    except NotFound as error:
        raise invalid(FieldProblem(path, f"is no {word} of ours")) from error


def invalid(*problems: FieldProblem) -> InvalidEvent:
    """Says all that is wrong, in words and by field."""
    said = "; ".join(f"{problem.path} {problem.problem}" for problem in problems)
    return InvalidEvent(f"{said}.", problems=msgspec.to_builtins(problems))
