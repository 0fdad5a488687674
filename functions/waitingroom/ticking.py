"""One tick of one room: see to the last tick's grants, look, decide, commit. Anybody may try; one wins.

Nothing is counted up or down, so a process may die anywhere: what was committed and not written is written by the next
tick, which reads the grants in the room's own item.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

import msgspec

from kit.clock import to_ms
from waitingroom import beacon, draws, readiness, reading, register, rooms, sessions, tallies, turns
from waitingroom.granting import Sight, arrivals_due, decide
from waitingroom.room import Room

WORKERS = 16
BUCKETS_COUNTED = 16
"""A larger register is estimated from so many of its buckets, another choice each time."""
GRACE_MS = 15_000
"""After the register is closed: no request that began before, or within the second that a process remembers the room,
can still be writing, nor a clock be so far behind."""
QUIET_MS = 5 * 60_000
"""The draw waits until nobody was refused for so long; whoever has a receipt from before it registers meanwhile."""
FORGET_EVERY_TICKS = 4


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(int(os.environ.get("TICK_WORKERS", WORKERS)))


def tick(event_id: str, now: datetime) -> Room:
    """Raises RoomChanged: somebody else ticked at the same time, and nothing happened here."""
    room = rooms.load(event_id)
    if room.phase == "closed":
        return room
    replay(room)
    serving = room.phase == "serving"
    after = rooms.commit(room, decide(room, _look(room, now), to_ms(now)) if serving else _toward_the_draw(room, now))
    replay(after)
    turns.announce(room, after)
    if after.tick % FORGET_EVERY_TICKS == 0:
        sessions.forget_ended(event_id, after.tick // FORGET_EVERY_TICKS % sessions.SHARDS, now)
    return after


def replay(room: Room) -> None:
    """Write the sessions that the room's last tick granted; those that are there are left alone."""
    if room.grants:
        sessions.admit(room.event_id, room.tick, room.grants, room.tick_at, pool())
        readiness.remove(room.event_id, room.grants)


def _look(room: Room, now: datetime) -> Sight:
    granted = {grant.person_id for grant in room.grants}
    ready, waiting = readiness.lowest(room.event_id, room.rate, pool())
    late = count_register(room)[1] if arrivals_due(room, to_ms(now)) else None
    return Sight(
        live=sessions.count_live(room.event_id, now, pool()),
        ready=[grant for grant in ready if grant.person_id not in granted],
        waiting=waiting,
        late=late,
        seats_left=rooms.stock(room.event_id),
    )


def count_register(room: Room) -> tuple[int, int]:
    """How many registered before the draw and after it; estimated where the register is large."""
    counted = random.sample(range(room.buckets), min(room.buckets, BUCKETS_COUNTED))
    counts = list(pool().map(lambda bucket: register.count(room.event_id, bucket), counted))
    scale = room.buckets / len(counted)
    return round(sum(drawn for drawn, _ in counts) * scale), round(sum(late for _, late in counts) * scale)


def _toward_the_draw(room: Room, now: datetime) -> Room:
    """Registering, then reading the register, then its root, then the seed: each seen before the next."""
    now_ms = to_ms(now)
    ticked = msgspec.structs.replace(room, tick=room.tick + 1, tick_at=now_ms, grants=())
    if room.phase == "registering":
        if room.draw_at is None or now_ms < max(room.draw_at, rooms.throttled_at(room.event_id) + QUIET_MS):
            drawn, _ = count_register(room)
            return msgspec.structs.replace(ticked, registered=drawn)
        return msgspec.structs.replace(ticked, phase="drawing", closed_at=now_ms)
    if now_ms < room.closed_at + GRACE_MS:
        return ticked
    if not room.root:
        return _with_root(ticked, now)
    if now_ms < beacon.known_at(room.beacon_round):
        return ticked
    signed = beacon.signature(room.beacon_round)
    value = beacon.value(signed)
    seed = draws.seed(bytes.fromhex(room.secret), value, room.registered)
    return msgspec.structs.replace(
        ticked, phase="serving", beacon_signature=signed.hex(), beacon=value.hex(), seed=seed.hex()
    )


def _with_root(room: Room, now: datetime) -> Room:
    """Read some more of the register; once all of it is read, publish its root.

    A root that is late names a later round: nobody may know the beacon's value while the register is open.
    """
    known = rooms.bucket_roots(room.event_id)
    missing = [bucket for bucket in range(room.buckets) if bucket not in known]
    if missing:
        left = reading.read_some(room, missing, now)
        if left and not room.handed_out:
            reading.hand_out(room, left, pool())
        return msgspec.structs.replace(
            room, handed_out=room.handed_out or bool(left), buckets_read=room.buckets - len(left)
        )
    if room.checks_crowds and tallies.count_next(room, now):
        return room
    in_order = [known[bucket] for bucket in range(room.buckets)]
    return msgspec.structs.replace(
        room,
        root=draws.root([bytes.fromhex(root) for root, _ in in_order]).hex(),
        rooted_at=to_ms(now),
        registered=sum(people for _, people in in_order),
        beacon_round=max(room.beacon_round, beacon.first_round_after(to_ms(now))),
    )
