"""A waiting room as it stands: what the organizer set, how far the line has come, and the last tick's grants."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from waitingroom import ranks

Phase = Literal["registering", "drawing", "serving", "closed"]
Capacity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000, extra={"problem": "invalid-capacity"})]
Contact = Literal["email", "phone"]
AgeDays = Annotated[int, msgspec.Meta(ge=0, le=3650)]
Rate = Annotated[int, msgspec.Meta(ge=1, le=500, extra={"problem": "invalid-rate"})]

CAPACITY = 10_000
RATE = 500
BUCKETS_MIN = 16
SESSION_MS = 30 * 60_000
IDLE_MS = 3 * 60_000
CLAIM_MS = 30_000
RETURN_MS = 15 * 60_000
"""Whoever is called and does not come may still come within this time, and then goes next."""


class Grant(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One person let in by a tick."""

    rank: str
    person_id: str


class Call(msgspec.Struct, frozen=True, array_like=True):
    """So many people were called at once."""

    at_ms: int
    people: float


class Pace(msgspec.Struct, frozen=True, rename="camel"):
    """What past ticks taught: how many of those called come, how fast people go in, how fast the line moves."""

    recent: tuple[Call, ...] = ()
    """Calls whose people may still be on their way."""
    called: float = 1.0
    shown: float = 1.0
    """Of so many called so many came; both fade as more is learned. At first everybody is expected: too few called is
    soon mended."""
    leaving: float = 0.0
    calling: float = 0.0
    """Per second, smoothed."""
    ready: int = 0
    """Who was left over, ready, after the last tick."""
    credit: float = 0.0
    """Grants that the rate, or the batch, allows by now."""
    batch_at: int = 0
    """When the next batch is due."""

    @property
    def show_rate(self) -> float:
        return min(1.0, max(0.02, self.shown / self.called))


class Batch(msgspec.Struct, frozen=True, rename="camel"):
    """So many at once, so often, instead of a steady rate."""

    people: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    every_seconds: Annotated[int, msgspec.Meta(ge=1, le=3_600)]


class Milestone(msgspec.Struct, frozen=True, array_like=True):
    """By this time so many had come, or were called until this rank."""

    at_ms: int
    value: float | str


class Room(msgspec.Struct, frozen=True, rename="camel"):
    """Times are milliseconds since the epoch. `version` tells one tick's world from the next one's."""

    event_id: str
    opened_at: int
    draw_at: int | None
    """When pre-registration closes; without one everybody comes after the draw, in the order of coming."""
    secret: str
    beacon_round: int
    capacity: int = CAPACITY
    rate: int = RATE
    """People a second at most."""
    batch: Batch | None = None
    account_age_days: int = 0
    """How old an account must be to join."""
    verified_contact: Contact | None = None
    checks_crowds: bool = False
    """Whether accounts are counted by device and address before the draw, and some challenged or kept out."""
    buckets: int = 16
    """How many keys the register is spread over."""
    phase: Phase = "registering"
    paused: bool = False
    closed_at: int = 0
    """When the register was closed: what was asked before may be written a moment after."""
    handed_out: bool = False
    """Whether others were asked to read the register too."""
    buckets_read: int = 0
    """How far the reading of it has come."""
    root: str = ""
    rooted_at: int = 0
    registered: int = 0
    beacon: str = ""
    beacon_signature: str = ""
    seed: str = ""
    version: int = 0
    tick: int = 0
    tick_at: int = 0
    grants: tuple[Grant, ...] = ()
    """What the last tick granted: the next one sees to it again, in case the last one's process died."""
    called: str = ranks.NOBODY
    call_history: tuple[Milestone, ...] = ()
    arrivals: tuple[Milestone, ...] = ()
    """How many late people had come by when, as far as the line still needs it."""
    pace: Pace = Pace()
    live: int = 0
    seats_left: int | None = None
    drain_until: int = 0
    """After degraded mode: nobody is granted before those it let in are surely out."""

    @property
    def announced(self) -> bool:
        """Whether the secret, the beacon's value and so everybody's rank are out."""
        return self.phase == "serving" and bool(self.seed)

    def takes_part_in_draw(self, came_ms: int) -> bool:
        """Whether somebody who registers now is in the draw, having come then: by their receipt, maybe earlier."""
        return self.phase == "registering" and self.draw_at is not None and came_ms < self.draw_at

    def rank_of(self, person_id: str, late: bool, came: int) -> str | None:
        """A person's rank; None before the draw."""
        if late:
            return ranks.late_rank(self.event_id, person_id, came)
        return ranks.draw_rank(bytes.fromhex(self.seed), self.event_id, person_id) if self.seed else None

    def called_long_ago(self, rank: str, now_ms: int) -> bool:
        """Whether this rank was called so long ago that its turn is over."""
        return any(
            milestone.at_ms <= now_ms - RETURN_MS and rank <= str(milestone.value) for milestone in self.call_history
        )
