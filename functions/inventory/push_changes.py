"""Ticks of an event's map: those who watch it are told what has changed, twice a second at most.

The first change of a quiet map is told at once; what follows waits until the next message may go out. A tick that
is lost or fails harms nobody for long: the next one tells its changes too. So it never goes back into the queue, where
all others of its event would stand behind it until it is visible again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.exceptions import PynamoDBException

import live
from inventory import snapshots, told
from inventory.changes import SectionChange, changes_between
from inventory.ticks import Tick
from inventory.told import LISTENERS_MAX, Told
from inventory.watch_seats import channel
from inventory.writes import Unanswered
from kit import clock
from kit.telemetry import count, log, metrics

SEATS_MAX = 2_000
"""Some 25 KB. A longer list says only which version there is now, and its readers fetch the map at the edge."""
WaitUntil = Callable[[datetime], datetime]
"""Waits for a moment, and says what time it is then."""


class Step(msgspec.Struct, frozen=True):
    """A map at `since` or later becomes the one at `version`; an older one has missed a message."""

    since: int
    version: int


class SeatsChanged(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="seats.changed"):
    """`version` is the event's; each section in `sections` has its own, and a gap there means: fetch the map."""

    event_id: str
    version: int
    every_ms: int
    sections: dict[str, Step]
    taken: list[str]
    freed: list[str]


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        try:
            push_changes(msgspec.json.decode(record["body"], type=Tick), _wait_until)
        except (Unanswered, PynamoDBException):
            log.exception("a tick told nobody")
            count("TicksSkipped")


def push_changes(tick: Tick, wait_until: WaitUntil) -> None:
    """Tell of the map as soon as may be, and again when the tick is over, if it was not. Raises Unanswered."""
    last = told.load(tick.event_id)
    if last.at >= tick.is_over or not live.anybody(channel(tick.event_id)):
        return
    last = _tell(tick.event_id, last, wait_until(last.next_at))
    if last.at < tick.is_over:
        _tell(tick.event_id, last, wait_until(max(last.next_at, tick.is_over)))


def _tell(event_id: str, last: Told, now: datetime) -> Told:
    """The map is read before the list of those who watch: see `watch_seats`."""
    snapshot = snapshots.load(event_id, consistent=True)
    changes = changes_between(last.sections, snapshot)
    if not changes:
        return replace(last, at=now)
    audience = live.listeners(channel(event_id), LISTENERS_MAX)
    every = told.pace(len(audience))
    messages: dict[frozenset[str] | None, bytes | None] = {
        parts: _message(event_id, snapshot.version, told.milliseconds(every), changes, parts)
        for parts in {each.parts for each in audience}
    }
    live.tell([(each, message) for each in audience if (message := messages[each.parts])])
    following = Told(now, every, {section.section: section.packed() for section in snapshot.sections})
    told.save(event_id, following)
    return following


def _message(
    event_id: str, version: int, every_ms: int, changes: Sequence[SectionChange], parts: frozenset[str] | None
) -> bytes | None:
    """What those who watch these parts are told; nothing, if nothing of theirs has changed."""
    theirs = [change for change in changes if parts is None or change.section in parts]
    if not theirs:
        return None
    too_many = sum(len(change.taken) + len(change.freed) for change in theirs) > SEATS_MAX
    message = SeatsChanged(
        event_id=event_id,
        version=version,
        every_ms=every_ms,
        sections={
            change.section: Step(change.version if too_many else change.since, change.version) for change in theirs
        },
        taken=[] if too_many else [seat for change in theirs for seat in change.taken],
        freed=[] if too_many else [seat for change in theirs for seat in change.freed],
    )
    return msgspec.json.encode(message)


def _wait_until(moment: datetime) -> datetime:
    """No longer than the longest pace, whatever the clocks say."""
    wait = min(moment - clock.now(), told.EVERY_MAX)
    time.sleep(max(wait.total_seconds(), 0))
    return clock.now()
