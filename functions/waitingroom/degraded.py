"""When no tick can be made for more than a minute: the edge lets people in by lot, at odds that keep the capacity.

One lot for a person and five minutes, so that asking again gains nothing (`infra/edge/queue.js` draws it). Whoever
wins has what is left of the five minutes and no longer. Nobody is counted; the capacity holds in expectation. Ticks
that come back grant nobody before all of these are out (`granting.DRAIN_MS`).
"""

from __future__ import annotations

import hmac
import math
from datetime import datetime

import msgspec

from kit.clock import to_ms
from kit.sealed import seal
from waitingroom.granting import DEAD_AFTER_MS
from waitingroom.room import SESSION_MS, Room

BUCKET_SECONDS = 300
STAY_MS = 8 * 60_000
"""About how long those who were in when the ticks died stay; the last of them surely leaves after half an hour."""
TERMS = "terms"


class Terms(msgspec.Struct, frozen=True):
    """The odds of one room for these five minutes, sealed, so that the edge can use them without asking anybody."""

    event: str
    odds: float
    exp: int


def is_degraded(room: Room, now: datetime) -> bool:
    """Entered and left by itself: it is the age of the last tick and nothing else."""
    return room.phase == "serving" and not room.paused and to_ms(now) - room.tick_at > DEAD_AFTER_MS


def admits_by_lot(room: Room, now: datetime) -> bool:
    """Whether admissions by lot are good: while it lasts, and until the last of them is out. A pause ends them all: the
    edge goes on drawing for some minutes by what it was told before."""
    return not room.paused and (is_degraded(room, now) or to_ms(now) < room.drain_until)


def odds(room: Room, now: datetime) -> float:
    """The part of everybody in line for whom there is room now, beside those who were in."""
    age = to_ms(now) - room.tick_at
    still_in = room.live * math.exp(-age / STAY_MS) if age < SESSION_MS else 0.0
    late = float(room.arrivals[-1].value) if room.arrivals else 0.0
    free = max(0.0, room.capacity - still_in)
    return 0.0 if room.seats_left == 0 else min(1.0, free / max(1.0, room.registered + late))


def terms(room: Room, now: datetime) -> str:
    ends = (int(now.timestamp()) // BUCKET_SECONDS + 1) * BUCKET_SECONDS
    return seal(TERMS, Terms(room.event_id, odds(room, now), ends))


def lot(key: bytes, event_id: str, person_id: str, bucket: int) -> float:
    """What the edge draws, from 0 to 1: the same for the same person in the same five minutes."""
    digest = hmac.digest(key, f"lot {event_id} {person_id} {bucket}".encode(), "sha256")
    return int.from_bytes(digest[:6], "big") / (1 << 48)
