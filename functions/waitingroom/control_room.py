"""POST /organizer/queues/{eventId}: open, pause, resume, change or close a waiting room."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

import catalog
from kit.auth import ORGANIZER
from kit.clock import to_ms
from kit.errors import Invalid, NotFound
from kit.http import Call, endpoint
from waitingroom import beacon, draws, rooms, ticking
from waitingroom.problems import NoWaitingRoom, RoomAlreadyOpen, RoomChanged, RoomNotOpen
from waitingroom.room import BUCKETS_MIN, CAPACITY, RATE, AgeDays, Batch, Capacity, Contact, Rate, Room

Action = Literal["open", "pause", "resume", "change", "close"]
PEOPLE_PER_BUCKET = 5_000
BUCKETS_MAX = 4_096
PRE_REGISTRATION_MIN = timedelta(seconds=30)
ATTEMPTS = 5


class Control(msgspec.Struct, frozen=True, rename="camel"):
    """All but `capacity`, `admissionsPerSecond` and `batch` count when opening, and stay as they are then.

    Without `drawAt` the line is in the order of coming. `batch`: so many at once, so often; null is back to a steady
    rate. `checksCrowds`: accounts are counted by device and address between the close of the register and the draw.
    """

    action: Action
    capacity: Capacity | None = None
    admissions_per_second: Rate | None = None
    draw_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    batch: Batch | msgspec.UnsetType | None = msgspec.UNSET
    expected_people: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 50_000
    account_age_days: AgeDays = 0
    verified_contact: Contact | None = None
    checks_crowds: bool = False


class Settings(msgspec.Struct, frozen=True, rename="camel"):
    """The room as its organizer set it."""

    event_id: str
    phase: str
    paused: bool
    capacity: int
    admissions_per_second: int
    batch: Batch | None
    commitment: str
    beacon_round: int


@endpoint(
    callers=ORGANIZER,
    raises=(NotFound, NoWaitingRoom, RoomAlreadyOpen, RoomNotOpen, RoomChanged, Invalid),
)
def handler(call: Call, body: Control) -> Settings:
    """Takes effect with the next tick, within two seconds; every change is on record with who made it."""
    event_id, by = call.path["eventId"], call.caller.person_id
    if not catalog.get_event(event_id).waiting_room:
        raise NoWaitingRoom
    room = open_room(event_id, body, by, call.now) if body.action == "open" else change(event_id, body, by, call.now)
    return Settings(
        event_id=event_id,
        phase=room.phase,
        paused=room.paused,
        capacity=room.capacity,
        admissions_per_second=room.rate,
        batch=room.batch,
        commitment=draws.commitment(bytes.fromhex(room.secret)),
        beacon_round=room.beacon_round,
    )


def open_room(event_id: str, wanted: Control, by: str, now: datetime) -> Room:
    """Commit to a secret and to a round nobody knows yet, and let people come."""
    if wanted.draw_at is not None and wanted.draw_at < now + PRE_REGISTRATION_MIN:
        raise Invalid("Leave people half a minute at least to register before the draw.", field="drawAt")
    draw_at = to_ms(wanted.draw_at) if wanted.draw_at is not None else None
    room = Room(
        event_id=event_id,
        opened_at=to_ms(now),
        draw_at=draw_at,
        secret=secrets.token_hex(32),
        beacon_round=beacon.first_round_after((draw_at or to_ms(now)) + 2 * ticking.GRACE_MS),
        capacity=wanted.capacity or CAPACITY,
        rate=wanted.admissions_per_second or RATE,
        batch=wanted.batch or None,
        account_age_days=wanted.account_age_days,
        verified_contact=wanted.verified_contact,
        checks_crowds=wanted.checks_crowds,
        buckets=buckets_for(wanted.expected_people),
        phase="serving" if draw_at is None else "registering",
        tick_at=to_ms(now),
    )
    rooms.create(room, by)
    return room


def buckets_for(people: int) -> int:
    """How many keys the register of so many is spread over."""
    fitting = 1 << max(0, people // PEOPLE_PER_BUCKET - 1).bit_length()
    return min(BUCKETS_MAX, max(BUCKETS_MIN, fitting))


def change(event_id: str, wanted: Control, by: str, now: datetime) -> Room:
    """Between two ticks; whoever comes in between is asked again. Raises RoomNotOpen, RoomChanged."""
    for attempt in range(ATTEMPTS):
        before = rooms.load(event_id)
        if before.phase == "closed":
            raise RoomNotOpen(phase="closed")
        after = msgspec.structs.replace(
            before,
            capacity=wanted.capacity or before.capacity,
            rate=wanted.admissions_per_second or before.rate,
            batch=before.batch if wanted.batch is msgspec.UNSET else wanted.batch,
            paused={"pause": True, "resume": False}.get(wanted.action, before.paused),
            phase="closed" if wanted.action == "close" else before.phase,
        )
        try:
            return rooms.change(before, after, by, wanted.action, to_ms(now))
        except RoomChanged:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt answers or raises")
