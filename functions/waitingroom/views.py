"""What the room tells: everybody the same document, and each person their own place."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from kit.clock import from_ms
from waitingroom import draws, waits
from waitingroom.room import Contact, Milestone, Phase, Room

Status = Literal["queued", "called", "admitted", "expired"]
Mode = Literal["normal", "degraded"]


class Wait(msgspec.Struct, frozen=True, rename="camel"):
    """An honest range, in seconds."""

    min: int
    max: int


class Poll(msgspec.Struct, frozen=True, rename="camel"):
    """Ask again after a `part`-th of the wait, within these bounds, give or take the jitter."""

    part: int = waits.POLL_PART
    seconds_min: int = waits.POLL_SECONDS_MIN
    seconds_max: int = waits.POLL_SECONDS_MAX
    jitter: float = waits.POLL_JITTER


class Rules(msgspec.Struct, frozen=True, rename="camel"):
    """What the organizer asks of whoever joins."""

    account_age_days: int
    verified_contact: Contact | None
    checks_crowds: bool


class Draw(msgspec.Struct, frozen=True, rename="camel"):
    """Published when the room opens: commitment and round. At the draw: the root; after it: secret and beacon."""

    commitment: str
    beacon_round: int
    beacon_source: str
    draw_at: datetime | None
    buckets: int
    buckets_read: int = 0
    """Of the closed register, on the way to its root."""
    root: str | None = None
    rooted_at: datetime | None = None
    secret: str | None = None
    beacon: str | None = None
    beacon_signature: str | None = None
    """By the beacon's own key; `beacon` is its SHA-256."""
    seed: str | None = None


class NowServing(msgspec.Struct, frozen=True, rename="camel"):
    """The same for everybody, a second old at most. Whoever's rank is at or below `called` may come.

    `arrivals`: pairs of a time in milliseconds and how many late people had come by then.
    """

    event_id: str
    tick: int
    at: datetime
    phase: Phase
    paused: bool
    mode: Mode
    called: str
    registered: int
    queue_length: int
    arrivals: list[Milestone]
    calls_per_second: float
    show_rate: float
    live: int
    capacity: int
    seats_left: int | None
    poll: Poll
    join_spread_seconds: int
    """Before the draw, register after a random part of this: being early gains nothing."""
    draw: Draw
    rules: Rules
    degraded_terms: str | None = None
    """Sealed; for POST /queue/{eventId}/degraded?terms=…, while no ticks are made."""


class Standing(msgspec.Struct, frozen=True, rename="camel"):
    """One person's place. `position`: people ahead; null before the draw and for a moment after coming late."""

    event_id: str
    status: Status
    queue_length: int
    position: int | None
    estimated_wait_seconds: Wait | None
    out_of_reach: bool
    poll_seconds: int
    queue_token: str
    rank: str | None
    late: bool
    joined_at: datetime
    access_token: str | None = None
    access_ends_at: datetime | None = None


def now_serving(room: Room, beacon_source: str, degraded_terms: str | None = None) -> NowServing:
    return NowServing(
        event_id=room.event_id,
        tick=room.tick,
        at=from_ms(room.tick_at or room.opened_at),
        phase=room.phase,
        paused=room.paused,
        mode="degraded" if degraded_terms else "normal",
        called=room.called,
        registered=room.registered,
        queue_length=waits.length(room),
        arrivals=list(room.arrivals),
        calls_per_second=round(room.pace.calling, 4),
        show_rate=round(room.pace.show_rate, 4),
        live=room.live,
        capacity=room.capacity,
        seats_left=room.seats_left,
        poll=Poll(),
        join_spread_seconds=waits.join_spread_seconds(room, room.tick_at),
        draw=_draw(room, beacon_source),
        rules=Rules(room.account_age_days, room.verified_contact, room.checks_crowds),
        degraded_terms=degraded_terms,
    )


def _draw(room: Room, beacon_source: str) -> Draw:
    known = Draw(
        commitment=draws.commitment(bytes.fromhex(room.secret)),
        beacon_round=room.beacon_round,
        beacon_source=beacon_source,
        draw_at=from_ms(room.draw_at) if room.draw_at is not None else None,
        buckets=room.buckets,
        buckets_read=room.buckets_read,
    )
    if room.root:
        known = msgspec.structs.replace(known, root=room.root, rooted_at=from_ms(room.rooted_at))
    if room.announced:
        known = msgspec.structs.replace(
            known,
            secret=room.secret,
            beacon=room.beacon,
            beacon_signature=room.beacon_signature,
            seed=room.seed,
        )
    return known
