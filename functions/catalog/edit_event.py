"""PATCH /organizer/events/{eventId}: what is sent changes, as far as it may."""

from __future__ import annotations

from datetime import datetime

import msgspec

from catalog.create_event import invalid, look_up
from catalog.editing import EventChanges, as_asked, locked, rewritten, with_changes
from catalog.events import Event, event_faults
from catalog.problems import ChartInUse, InvalidEvent, NotChangeable
from catalog.store import get_event, rewrite_event
from kit.auth import ORGANIZER
from kit.errors import ChangedMeanwhile, NotFound, VersionRequired
from kit.http import Call, endpoint


@endpoint(
    callers=ORGANIZER,
    raises=(NotFound, VersionRequired, ChangedMeanwhile, InvalidEvent, NotChangeable, ChartInUse),
)
def handler(call: Call, body: EventChanges) -> Event:
    """`If-Match` names the version that was read; whoever comes second is told so. Every fault is named at once."""
    return edit_event(call.path["eventId"], body, call.version_read, call.now)


def edit_event(event_id: str, changes: EventChanges, version: int, now: datetime) -> Event:
    """Load, check what the change brings in, keep.

    Raises NotFound, ChangedMeanwhile, InvalidEvent, NotChangeable, ChartInUse.
    """
    event = get_event(event_id)
    if event.version != version:
        raise ChangedMeanwhile(version=event.version)
    before = as_asked(event)
    after = with_changes(before, changes)
    if stays := list(locked(event, before, after, now)):
        raise NotChangeable(problems=msgspec.to_builtins(stays))
    named = look_up(after)
    # A fault that was there before, such as a start that is over, is not this change's.
    there_before = set(event_faults(before, look_up(before).chart, now))
    if faults := [fault for fault in event_faults(after, named.chart, now) if fault not in there_before]:
        raise invalid(*faults)
    return rewrite_event(event, rewritten(event, after, named.venue, named.artist))
