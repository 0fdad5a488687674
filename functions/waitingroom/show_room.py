"""GET /organizer/queues/{eventId}: the room as it is, and everything its organizers did to it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit import settings
from kit.auth import STAFF
from kit.clock import from_ms
from kit.errors import NotFound
from kit.http import Call, endpoint
from waitingroom import degraded, rooms, tallies
from waitingroom.room import Batch
from waitingroom.views import NowServing, now_serving


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """What the room was set to, by whom, when."""

    at: datetime
    by: str
    action: str
    phase: str
    paused: bool
    capacity: int
    admissions_per_second: int
    batch: Batch | None


class Crowds(msgspec.Struct, frozen=True, rename="camel"):
    """How many devices and addresses had too many accounts, as they were found before the draw."""

    challenged: int
    excluded: int


class RoomRecord(msgspec.Struct, frozen=True, rename="camel"):
    now: NowServing
    changes: list[Change]
    crowds: Crowds | None = None
    """Where the organizer asked for it."""


@endpoint(callers=STAFF, raises=(NotFound,))
def handler(call: Call) -> RoomRecord:
    """Newest change first."""
    room = rooms.load(call.path["eventId"])
    now = now_serving(room, settings.env("BEACON_URL"))
    return RoomRecord(
        now=msgspec.structs.replace(now, mode="degraded") if degraded.is_degraded(room, call.now) else now,
        crowds=Crowds(*tallies.report(room.event_id)) if room.checks_crowds else None,
        changes=[
            Change(
                at=from_ms(entry["at"]),
                by=entry["by"],
                action=entry["change"]["action"],
                phase=entry["change"]["phase"],
                paused=entry["change"]["paused"],
                capacity=entry["change"]["capacity"],
                admissions_per_second=entry["change"]["rate"],
                batch=msgspec.convert(entry["change"].get("batch"), Batch | None),
            )
            for entry in rooms.audit(room.event_id)
        ],
    )
