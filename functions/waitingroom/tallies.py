"""How many accounts came from the same device and from the same address, counted between close and draw.

Joining writes both, as keyed hashes, into the place it writes anyway. When the draw reads a bucket of the register
its hashes are put down together, split by their first byte; once all buckets are read, each part is counted and
told to the fraud context. So fifty million people are some dozen ticks, and nothing is counted while they join.

    TALLY#<event>#<part>    <bucket>#<n>  the hashes of a bucket that fall into the part, as many as an item takes
    ROOM#<event>            tallied#<part>
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

import fraud
from kit.table import Table, TableMeta
from waitingroom.register import Place
from waitingroom.room import Room

HASH_BYTES = 8
BUCKETS_PER_PART = 256
ITEM_BYTES = 128 * 1024
"""Of devices, and of addresses: an item takes 400 KB, and more people may come than anybody expected."""
KEPT = timedelta(days=30)


class Tally(Model):
    class Meta(TableMeta):
        table_name = Table("waitingroom")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    devices = BinaryAttribute(legacy_encoding=False, null=True)
    addresses = BinaryAttribute(legacy_encoding=False, null=True)
    expires = NumberAttribute()


class Counted(Model):
    class Meta(TableMeta):
        table_name = Table("waitingroom")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    challenged = NumberAttribute()
    excluded = NumberAttribute()


def record(room: Room, bucket: int, places: Iterable[Place], now: datetime) -> None:
    """Put down the hashes of a bucket's places; again changes nothing."""
    parts = _parts(room)
    devices, addresses = [bytearray() for _ in range(parts)], [bytearray() for _ in range(parts)]
    for place in places:
        for hashes, text in ((devices, place.device), (addresses, place.address)):
            if text:
                hashes[int(text[:2], 16) * parts >> 8] += bytes.fromhex(text)
    with Tally.batch_write() as batch:
        for part in range(parts):
            for at in range(0, max(len(devices[part]), len(addresses[part])), ITEM_BYTES):
                batch.save(
                    Tally(
                        _pk(room.event_id, part),
                        f"{bucket:04}#{at // ITEM_BYTES}",
                        devices=bytes(devices[part][at : at + ITEM_BYTES]) or None,
                        addresses=bytes(addresses[part][at : at + ITEM_BYTES]) or None,
                        expires=int((now + KEPT).timestamp()),
                    )
                )


def count_next(room: Room, now: datetime) -> bool:
    """Count one more part and tell fraud; False once all are. Repeated after a crash it tells the same."""
    done = {item.sk for item in Counted.query(f"ROOM#{room.event_id}", Counted.sk.startswith("tallied#"))}
    missing = [part for part in range(_parts(room)) if f"tallied#{part:02}" not in done]
    if not missing:
        return False
    part = missing[0]
    devices: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    for item in Tally.query(_pk(room.event_id, part), consistent_read=True):
        devices.update(_split(item.devices))
        addresses.update(_split(item.addresses))
    told = fraud.report_crowds(room.event_id, devices=devices, addresses=addresses, now=now)
    Counted(
        f"ROOM#{room.event_id}", f"tallied#{part:02}", challenged=told["challenge"], excluded=told["exclude"]
    ).save()
    return True


def report(event_id: str) -> tuple[int, int]:
    """How many devices and addresses are challenged, and how many are excluded."""
    found = list(Counted.query(f"ROOM#{event_id}", Counted.sk.startswith("tallied#")))
    return sum(int(item.challenged) for item in found), sum(int(item.excluded) for item in found)


def _split(hashes: bytes | None) -> list[str]:
    raw = hashes or b""
    return [raw[at : at + HASH_BYTES].hex() for at in range(0, len(raw), HASH_BYTES)]


def _parts(room: Room) -> int:
    return max(1, room.buckets // BUCKETS_PER_PART)


def _pk(event_id: str, part: int) -> str:
    return f"TALLY#{event_id}#{part:02}"
