"""The grant rule: who goes in at this tick, and how far the line is called. The simulation runs this very function.

Places are recounted, not counted: what is free is the capacity less those who are in by a strongly consistent
count. Calling runs ahead of granting by as many people as come in about ten seconds, at the show rate that was
measured, so that a place is not empty while the next one looks for their phone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from waitingroom import ranks
from waitingroom.room import RETURN_MS, Call, Grant, Milestone, Pace, Room

READY_SECONDS = 8
"""So many seconds' worth of people stand ready."""
RESPONSE_SECONDS = 12
"""How long those called take to come; near the head of the line everybody asks every five seconds."""
FADE = 0.98
SMOOTH = 0.05
ARRIVALS_EVERY_MS = 2_000
HISTORY_EVERY_MS = 60_000
DEAD_AFTER_MS = 60_000
DRAIN_MS = 330_000
"""A degraded admission lasts 300 s; clocks differ by less than the rest."""


@dataclass(frozen=True)
class Sight:
    """What a tick sees once the last one's grants are written: `ready` in the order of rank, the lowest first."""

    live: int
    ready: Sequence[Grant]
    waiting: int
    """How many are ready; not more than the reader looked at."""
    late: int | None = None
    """How many late people have come, where they were counted this time."""
    seats_left: int | None = None


def decide(room: Room, sight: Sight, now_ms: int) -> Room:
    """The room after this tick. Pure; committed only if nobody else ticked meanwhile."""
    drain_until = room.drain_until
    if room.phase == "serving" and now_ms - room.tick_at > DEAD_AFTER_MS:
        drain_until = now_ms + DRAIN_MS
    elapsed = min(1.0, max(0.0, (now_ms - room.tick_at) / 1000))
    credit, batch_at = _allowed(room, elapsed, now_ms)
    open_now = room.phase == "serving" and not room.paused and sight.seats_left != 0 and now_ms >= drain_until
    free = max(0, room.capacity - sight.live)
    granted = tuple(sight.ready[: min(int(credit), room.rate, free)]) if open_now else ()
    pace = _learn(room, sight, len(granted), elapsed, now_ms)
    ticked = msgspec.structs.replace(
        room,
        tick=room.tick + 1,
        tick_at=max(now_ms, room.tick_at),
        grants=granted,
        live=sight.live + len(granted),
        seats_left=sight.seats_left,
        drain_until=drain_until,
        pace=msgspec.structs.replace(pace, credit=credit - len(granted), batch_at=batch_at),
        arrivals=_remember_arrivals(room, sight.late, now_ms),
    )
    return _call(ticked, free - len(granted), elapsed, now_ms) if open_now else ticked


def _allowed(room: Room, elapsed: float, now_ms: int) -> tuple[float, int]:
    """How many may go in by now, and when the next batch is due: at the rate, a second's worth at most; of a batch
    what is left of it, until the next one, whatever was free or ready."""
    pace, batch = room.pace, room.batch
    if batch is None:
        return min(float(room.rate), pace.credit + room.rate * elapsed), 0
    if now_ms < pace.batch_at:
        return pace.credit, pace.batch_at
    return float(batch.people), now_ms + batch.every_seconds * 1000


def _learn(room: Room, sight: Sight, granted: int, elapsed: float, now_ms: int) -> Pace:
    """How many came since the last tick, of those whose time to come is over; and how fast places become free."""
    pace = room.pace
    came = max(0, sight.waiting - pace.ready)
    horizon = now_ms - RESPONSE_SECONDS * 1000
    due = sum(call.people for call in pace.recent if call.at_ms <= horizon)
    left = max(0, room.live - sight.live) / max(elapsed, 0.1)
    fade = FADE if due or came else 1.0
    return msgspec.structs.replace(
        pace,
        recent=tuple(call for call in pace.recent if call.at_ms > horizon),
        called=max(1.0, pace.called * fade + due),
        shown=max(0.0, pace.shown * fade + came),
        leaving=pace.leaving + SMOOTH * max(elapsed, 0.1) * (left - pace.leaving),
        ready=sight.waiting - granted,
    )


def _call(room: Room, free: int, elapsed: float, now_ms: int) -> Room:
    """Raise `called`, so that as many people are ready or on their way as will be let in soon. It never falls."""
    pace = room.pace
    ahead = READY_SECONDS + RESPONSE_SECONDS / 2
    supply = room.batch.people if room.batch else room.rate * ahead
    wanted = min(supply, free + pace.leaving * ahead)
    coming = sum(
        call.people * pace.show_rate * (1 - (now_ms - call.at_ms) / (RESPONSE_SECONDS * 1000)) for call in pace.recent
    )
    people = max(0.0, wanted - pace.ready - coming) / pace.show_rate
    before = people_until(room, room.called)
    called = max(room.called, _further(room, people))
    moved = max(0.0, people_until(room, called) - before)
    seconds = max(elapsed, 0.1)
    calling = pace.calling + SMOOTH * seconds * (moved / seconds - pace.calling)
    recent = (*pace.recent, Call(now_ms, moved)) if moved else pace.recent
    return msgspec.structs.replace(
        room,
        called=called,
        call_history=_history(room, called, now_ms),
        pace=msgspec.structs.replace(pace, recent=recent, calling=calling),
    )


def people_until(room: Room, rank: str) -> float:
    """How many people of the draw and of the late have this rank or a lower one."""
    drawn = room.registered * ranks.fraction(rank)
    return drawn + (_late_until(room, ranks.came_ms(rank)) if ranks.is_late(rank) else 0.0)


def _further(room: Room, people: float) -> str:
    """The rank that so many more people lie below."""
    if people <= 0:
        return room.called
    left_in_draw = room.registered * (1 - ranks.fraction(room.called))
    if room.called < ranks.END_OF_DRAW and people < left_in_draw:
        return ranks.at_fraction(ranks.fraction(room.called) + people / room.registered)
    came = ranks.came_ms(room.called) if ranks.is_late(room.called) else room.opened_at - 1
    goal = _late_until(room, came) + people - max(0.0, left_in_draw)
    points = [(milestone.at_ms, float(milestone.value)) for milestone in room.arrivals]
    at = bisect_left(points, goal, key=lambda point: point[1])
    if at == len(points):
        return ranks.called_until(max(came, int(points[-1][0])))  # not beyond what was counted
    if at == 0:
        return ranks.called_until(max(came, points[0][0]))
    (t0, n0), (t1, n1) = points[at - 1], points[at]
    return ranks.called_until(max(came, int(t0 + (t1 - t0) * (goal - n0) / (n1 - n0))))


def _late_until(room: Room, came: int) -> float:
    """How many late people had come by then."""
    points = [(milestone.at_ms, float(milestone.value)) for milestone in room.arrivals]
    at = bisect_left(points, came, key=lambda point: point[0])
    if at == len(points):
        return points[-1][1] if points else 0.0
    if at == 0:
        return points[0][1]
    (t0, n0), (t1, n1) = points[at - 1], points[at]
    return n0 + (n1 - n0) * (came - t0) / (t1 - t0)


def arrivals_due(room: Room, now_ms: int) -> bool:
    """Whether it is time to count the late again: after two seconds at least, and a 200th of the time that the line
    reaches back, so that some hundreds of points describe any line."""
    if not room.arrivals:
        return True
    spacing = max(ARRIVALS_EVERY_MS, (now_ms - room.arrivals[0].at_ms) // 200)
    return now_ms - room.arrivals[-1].at_ms >= spacing


def _remember_arrivals(room: Room, late: int | None, now_ms: int) -> tuple[Milestone, ...]:
    """Forget what was called, and keep what was counted."""
    # After a draw the late have come since it, and not since the room was opened.
    points = room.arrivals or (Milestone(room.draw_at or room.opened_at, 0.0),)
    came = ranks.came_ms(room.called) if ranks.is_late(room.called) else room.opened_at
    first = max(0, bisect_left(points, came, key=lambda point: point.at_ms) - 1)
    if late is not None and now_ms > points[-1].at_ms:
        points = (*points, Milestone(now_ms, max(float(points[-1].value), float(late))))
    return points[first:]


def _history(room: Room, called: str, now_ms: int) -> tuple[Milestone, ...]:
    """Where the call stood, once a minute, as far back as a turn lasts: of all that is older the last."""
    history = room.call_history
    if history and now_ms - history[-1].at_ms < HISTORY_EVERY_MS:
        return history
    first = max(0, bisect_right(history, now_ms - RETURN_MS, key=lambda milestone: milestone.at_ms) - 1)
    return (*history[first:], Milestone(now_ms, called))
