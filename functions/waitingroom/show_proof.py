"""GET /queue/{eventId}/proof: what the caller needs to check their own part of the draw."""

from __future__ import annotations

import msgspec

from kit.errors import NotFound
from kit.http import Call, endpoint
from waitingroom import draws, reading, register, rooms
from waitingroom.draws import Step
from waitingroom.problems import NotInLine, RoomNotOpen


class Proof(msgspec.Struct, frozen=True, rename="camel"):
    """`steps` lead from the person's leaf to `root`, which was published before `secret` and the beacon's value.

    `personId` and `salt` are the caller's alone; everything else is public.
    """

    event_id: str
    person_id: str
    salt: str
    steps: list[Step]
    root: str
    registered: int
    commitment: str
    secret: str
    beacon_round: int
    beacon: str
    beacon_signature: str
    seed: str
    rank: str


@endpoint(raises=(NotFound, NotInLine, RoomNotOpen))
def handler(call: Call) -> Proof:
    """`make verify-draw PROOF=file` and the page /queue/{eventId}/draw check it without asking us anything more."""
    return show_proof(call.path["eventId"], call.caller.person_id)


def show_proof(event_id: str, person_id: str) -> Proof:
    """Raises NotInLine for who was not in the draw; RoomNotOpen before it."""
    room = rooms.load(event_id)
    place = register.find(event_id, room.buckets, person_id)
    if place is None or not place.in_draw:
        raise NotInLine
    if not room.seed:
        raise RoomNotOpen(phase=room.phase)
    bucket = register.bucket_of(room.buckets, person_id)
    salt = reading.salt_of(event_id, person_id)
    leaves = reading.leaves_of(room, register.drawn(event_id, bucket))
    own = leaves.index(draws.leaf(salt, event_id, person_id))
    roots = rooms.bucket_roots(event_id)
    hashes = [bytes.fromhex(roots[number][0]) for number in range(room.buckets)]
    return Proof(
        event_id=event_id,
        person_id=person_id,
        salt=salt.hex(),
        steps=[*draws.proof(leaves, own), *draws.proof(hashes, bucket)],
        root=room.root,
        registered=room.registered,
        commitment=draws.commitment(bytes.fromhex(room.secret)),
        secret=room.secret,
        beacon_round=room.beacon_round,
        beacon=room.beacon,
        beacon_signature=room.beacon_signature,
        seed=room.seed,
        rank=str(room.rank_of(person_id, False, place.came)),
    )
