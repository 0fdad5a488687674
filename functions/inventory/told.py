"""What the listeners of an event's seats were told last: the state that the next message goes on from.

W#<event id>  told
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit import clock
from kit.table import Table, TableMeta

SK = "told"
EVERY_MIN = timedelta(milliseconds=500)
EVERY_MAX = timedelta(seconds=10)
POSTS_PER_SECOND = 500
"""What telling may cost an event: beyond 250 listeners they are told less often, and so all the same."""
LISTENERS_MAX = round(EVERY_MAX.total_seconds() * POSTS_PER_SECOND)
"""Whoever comes after these reads the map at the edge, as everybody does who is told that seldom."""


@dataclass(frozen=True)
class Told:
    """`sections`: each section's rows, packed. `every`: how long after `at` the next message may go out."""

    at: datetime
    every: timedelta
    sections: Mapping[str, bytes]

    @property
    def next_at(self) -> datetime:
        return self.at + self.every


NOTHING_YET = Told(clock.from_ms(0), EVERY_MIN, {})


class ToldItem(Model):
    class Meta(TableMeta):
        table_name = Table("inventory")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=SK)
    at = NumberAttribute()
    every = NumberAttribute()
    sections = BinaryAttribute(legacy_encoding=False)


def load(event_id: str) -> Told:
    """`NOTHING_YET` of an event that nobody has watched."""
    try:
        item = ToldItem.get(f"W#{event_id}", SK, consistent_read=True)
    except ToldItem.DoesNotExist:
        return NOTHING_YET
    sections = msgspec.msgpack.decode(zlib.decompress(item.sections), type=dict[str, bytes])
    return Told(clock.from_ms(int(item.at)), timedelta(milliseconds=item.every), sections)


def save(event_id: str, told: Told) -> None:
    """An event's ticks come one after the other: nobody else writes this meanwhile."""
    ToldItem(
        f"W#{event_id}",
        at=clock.to_ms(told.at),
        every=milliseconds(told.every),
        sections=zlib.compress(msgspec.msgpack.encode(told.sections), 1),
    ).save()


def pace(listeners: int) -> timedelta:
    """How often so many may be told: the more they are, the less often."""
    return min(max(EVERY_MIN, timedelta(seconds=listeners / POSTS_PER_SECOND)), EVERY_MAX)


def milliseconds(pace: timedelta) -> int:
    return round(pace / timedelta(milliseconds=1))
