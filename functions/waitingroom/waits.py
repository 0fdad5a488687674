"""What somebody who waits is told: how many are ahead, how long it may take, when to ask again.

Computed from a rank and the public document alone, so that the client and the API say the same. A position never
rises: who is ahead is fixed once, and `called` never falls.
"""

from __future__ import annotations

import math

from waitingroom import ranks
from waitingroom.granting import people_until
from waitingroom.room import BUCKETS_MIN, Room

POLL_SECONDS_MIN = 5
POLL_SECONDS_MAX = 600
POLL_PART = 10
"""Ask again after a tenth of the time that is left …"""
POLLS_PER_SECOND = 100_000
"""While nobody knows how long it takes, all of them together ask no more often than this: one distribution answers
250,000 requests a second."""
POLL_JITTER = 0.2
"""… give or take a fifth, so that the line does not ask in step."""
SOONEST, LATEST = 0.7, 1.6
"""Of the estimate: past lines were this much faster and slower than a minute's average said."""


def ahead(room: Room, rank: str | None) -> int | None:
    """People before this rank who have not been called. None: not known yet."""
    if rank is None:
        return None
    if rank <= room.called:
        return 0
    if ranks.is_late(rank) and (not room.arrivals or ranks.came_ms(rank) > room.arrivals[-1].at_ms):
        return None
    return max(0, math.floor(people_until(room, rank) - people_until(room, room.called)))


def length(room: Room) -> int:
    """How many are in the line and have not been called."""
    late = float(room.arrivals[-1].value) if room.arrivals else 0.0
    return max(0, round(room.registered + late - people_until(room, room.called)))


def wait_seconds(room: Room, people: int | None) -> tuple[int, int] | None:
    """From, to. None: nothing moves at the moment, or nothing is known."""
    if people == 0:
        return 0, POLL_SECONDS_MIN
    if people is None or room.pace.calling <= 0 or room.paused or room.phase != "serving":
        return None
    seconds = people / room.pace.calling
    return math.floor(seconds * SOONEST), math.ceil(seconds * LATEST)


def poll_seconds(room: Room, wait: tuple[int, int] | None) -> int:
    """When to ask again, before the jitter: by the wait, and where nobody knows it, by how long it is until the draw,
    before which nothing happens, and by how many ask."""
    if wait is None:
        draw_at = room.draw_at if room.phase == "registering" and room.draw_at is not None else room.tick_at
        until_draw = max(0, draw_at - room.tick_at) // 1000
        return min(POLL_SECONDS_MAX, max(30, until_draw // POLL_PART, length(room) // POLLS_PER_SECOND))
    return min(POLL_SECONDS_MAX, max(POLL_SECONDS_MIN, (wait[0] + wait[1]) // 2 // POLL_PART))


def join_spread_seconds(room: Room, now_ms: int) -> int:
    """Before the draw: register after a random part of this. Where many are expected, a second for each bucket, which
    brings 50 million people below what one API takes; never more than half of what is left until the draw."""
    if room.phase != "registering" or room.draw_at is None or room.buckets <= BUCKETS_MIN:
        return 0
    return min(room.buckets, max(0, room.draw_at - now_ms) // 2_000)


def out_of_reach(room: Room, people: int | None) -> bool:
    """Whether the tickets will be gone before this many people have had their turn, as far as anybody can say.

    Each of those called who comes takes at least one seat with them, by and large; being wrong is costly, so only
    twice as many people as the seats left would serve are told.
    """
    if room.seats_left is None or people is None:
        return False
    return room.seats_left == 0 or people * room.pace.show_rate > 2 * room.seats_left
