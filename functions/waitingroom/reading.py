"""Reading the register for the draw: the Merkle root of each bucket, recorded by itself.

Once the register is closed a bucket says the same to whoever reads it, so any process may read any bucket, and again.
A tick reads for a second, which is all of a small register. The rest of a large one is handed out, a message for each
bucket; ticks go on reading meanwhile, so that a message that is lost costs time and nothing else.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import msgspec

from kit import settings
from waitingroom import draws, register, rooms, tallies
from waitingroom.register import Place
from waitingroom.room import Room

SECONDS = 1.0
"""A tick reads no longer than this, and one bucket at least."""
MESSAGES = 10
"""As many as SQS takes at once."""


class Bucket(msgspec.Struct, frozen=True, rename="camel"):
    """What a message says: read this."""

    event_id: str
    bucket: int


def read_some(room: Room, missing: Sequence[int], now: datetime) -> list[int]:
    """Read for a second, and tell what is left."""
    left, began = random.sample(missing, len(missing)), time.monotonic()
    while left:
        read_bucket(room, left.pop(), now)
        if time.monotonic() - began > SECONDS:
            break
    return left


def hand_out(room: Room, buckets: Sequence[int], pool: ThreadPoolExecutor) -> None:
    """Have others read these."""

    def send(first: int) -> None:
        entries = [
            {"Id": str(bucket), "MessageBody": msgspec.json.encode(Bucket(room.event_id, bucket)).decode()}
            for bucket in buckets[first : first + MESSAGES]
        ]
        settings.client("sqs").send_message_batch(QueueUrl=settings.env("QUEUE_BUCKETS"), Entries=entries)

    list(pool.map(send, range(0, len(buckets), MESSAGES)))


def read_handed_out(asked: Bucket, now: datetime) -> None:
    """Raises NotFound. What somebody else has read, or a draw that is made, is left alone."""
    room = rooms.recall(asked.event_id, now)
    if room.phase == "drawing" and not rooms.is_bucket_read(asked.event_id, asked.bucket):
        read_bucket(room, asked.bucket, now)


def read_bucket(room: Room, bucket: int, now: datetime) -> None:
    places = list(register.drawn(room.event_id, bucket))
    if room.checks_crowds:
        tallies.record(room, bucket, places, now)
    leaves = leaves_of(room, places)
    rooms.record_bucket(room.event_id, bucket, draws.root(leaves).hex(), len(leaves))


def leaves_of(room: Room, places: Iterable[Place]) -> list[bytes]:
    """The leaves of everybody in a bucket of the register, in their order."""
    key, event_id = _key(), room.event_id
    return sorted(draws.leaf(draws.salt(key, event_id, place.person_id), event_id, place.person_id) for place in places)


def salt_of(event_id: str, person_id: str) -> bytes:
    return draws.salt(_key(), event_id, person_id)


def _key() -> bytes:
    """The oldest key, so that a change of keys changes no leaf."""
    return settings.secret("SECRET_SIGNING").splitlines()[-1].encode()
