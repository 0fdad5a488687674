"""Rooms on record: one versioned item each, who is told of every change, and what the inventory says is left.

pk              sk                    item
ROOM#<event>    state                 the room; every write is conditional on the version it was read at
ROOM#<event>    stock                 seats left, by the inventory
ROOM#<event>    throttled             when registering was last refused for want of capacity
ROOM#<event>    audit#<ms>#<version>  who changed what
ROOM#<event>    draw#<bucket>         the Merkle root of a bucket of the register, and how many are in it
ROOMS           <event>               rooms that want ticks
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.models import Model

from kit import ids
from kit.errors import NotFound
from kit.table import Table, TableMeta, Transaction
from waitingroom.problems import RoomAlreadyOpen, RoomChanged
from waitingroom.room import Room

REFUSED = "ConditionalCheckFailedException"
OPEN_ROOMS = "ROOMS"
TELL_EVERY_MS = 1_000
_told: dict[str, int] = {}
REMEMBERED = timedelta(seconds=1)
REMEMBERED_MAX = 256
_remembered: dict[str, tuple[datetime, Room]] = {}


class Item(Model):
    class Meta(TableMeta):
        table_name = Table("waitingroom")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class State(Item):
    version = NumberAttribute()
    document = UnicodeAttribute()


class Stock(Item):
    left = NumberAttribute()


class Throttling(Item):
    at = NumberAttribute()


class Audit(Item):
    at = NumberAttribute()
    by = UnicodeAttribute()
    change = UnicodeAttribute()


class BucketRoot(Item):
    root = UnicodeAttribute()
    people = NumberAttribute()


def load(event_id: str) -> Room:
    """The room as it stands. Raises NotFound where none was ever opened."""
    if not ids.is_one("evt", event_id):
        raise NotFound
    try:
        found = State.get(_pk(event_id), "state", consistent_read=True)
    except State.DoesNotExist as error:
        raise NotFound from error
    return msgspec.json.decode(found.document, type=Room)


def recall(event_id: str, now: datetime) -> Room:
    """The room as this process saw it at most a second ago: ten thousand a second join, and DynamoDB reads one item
    3,000 times a second. Raises NotFound."""
    known = _remembered.get(event_id)
    if known is not None and timedelta(0) <= now - known[0] < REMEMBERED:
        return known[1]
    room = load(event_id)
    if len(_remembered) >= REMEMBERED_MAX:
        _remembered.clear()
    _remembered[event_id] = now, room
    return room


def create(room: Room, by: str) -> None:
    """Raises RoomAlreadyOpen."""
    transaction = Transaction()
    transaction.put(_state(room), condition=State.pk.does_not_exist(), refused=RoomAlreadyOpen())
    transaction.put(_audit(room, by, "open", room.opened_at))
    transaction.put(Item(OPEN_ROOMS, room.event_id))
    transaction.commit()


def change(before: Room, after: Room, by: str, action: str, now_ms: int) -> Room:
    """The organizer's change with its record. Raises RoomChanged where a tick came in between."""
    after = _next(before, after)
    transaction = Transaction()
    transaction.put(_state(after), condition=State.version == before.version, refused=RoomChanged())
    transaction.put(_audit(after, by, action, now_ms))
    transaction.commit()
    return after


def commit(before: Room, after: Room) -> Room:
    """A tick's change. Raises RoomChanged: somebody else ticked, and this tick never was."""
    after = _next(before, after)
    try:
        _state(after).save(condition=State.version == before.version)
    except PutError as error:
        if error.cause_response_code != REFUSED:
            raise
        raise RoomChanged from error
    return after


def wanting_ticks() -> list[str]:
    """Events whose rooms are open."""
    return [item.sk for item in Item.query(OPEN_ROOMS, consistent_read=True)]


def no_more_ticks(event_id: str) -> None:
    with Item.batch_write() as batch:
        batch.delete(Item(OPEN_ROOMS, event_id))


def record_stock(event_id: str, left: int) -> None:
    Stock(_pk(event_id), "stock", left=left).save()


def stock(event_id: str) -> int | None:
    """Seats left, where the inventory has said anything yet."""
    found = list(Stock.query(_pk(event_id), Stock.sk == "stock"))
    return int(found[0].left) if found else None


def record_throttling(event_id: str, now_ms: int) -> None:
    """Registering is refused: the draw waits. Each process says so once a second; one that is refused even that is
    not the only one."""
    if now_ms - _told.get(event_id, 0) < TELL_EVERY_MS:
        return
    _told[event_id] = now_ms
    with suppress(PutError):
        Throttling(_pk(event_id), "throttled", at=now_ms).save()


def throttled_at(event_id: str) -> int:
    """When registering was last refused; 0: never."""
    found = list(Throttling.query(_pk(event_id), Throttling.sk == "throttled", consistent_read=True))
    return int(found[0].at) if found else 0


def audit(event_id: str) -> Iterator[dict[str, Any]]:
    """Newest first."""
    for item in Audit.query(_pk(event_id), Audit.sk.startswith("audit#"), scan_index_forward=False):
        yield {"at": int(item.at), "by": item.by, "change": json.loads(item.change)}


def record_bucket(event_id: str, bucket: int, root: str, people: int) -> None:
    """Whoever reads a bucket after registration ended finds the same: writing twice changes nothing."""
    BucketRoot(_pk(event_id), f"draw#{bucket:04}", root=root, people=people).save()


def is_bucket_read(event_id: str, bucket: int) -> bool:
    return BucketRoot.count(_pk(event_id), BucketRoot.sk == f"draw#{bucket:04}") > 0


def bucket_roots(event_id: str) -> dict[int, tuple[str, int]]:
    """The root and the number of people of each bucket that was read so far."""
    items = BucketRoot.query(_pk(event_id), BucketRoot.sk.startswith("draw#"), consistent_read=True)
    return {int(item.sk[5:]): (item.root, int(item.people)) for item in items}


def _next(before: Room, after: Room) -> Room:
    _remembered.pop(before.event_id, None)
    return msgspec.structs.replace(after, version=before.version + 1)


def _state(room: Room) -> State:
    return State(_pk(room.event_id), "state", version=room.version, document=msgspec.json.encode(room).decode())


def _audit(room: Room, by: str, action: str, now_ms: int) -> Audit:
    settings = {
        "action": action,
        "phase": room.phase,
        "paused": room.paused,
        "capacity": room.capacity,
        "rate": room.rate,
        "batch": msgspec.to_builtins(room.batch),
    }
    return Audit(
        _pk(room.event_id), f"audit#{now_ms:013}#{room.version:09}", at=now_ms, by=by, change=json.dumps(settings)
    )


def _pk(event_id: str) -> str:
    return f"ROOM#{event_id}"
