"""Who was called and has come: in 32 shards, each in the order of rank.

    READY#<event>#<shard>    <rank>

A tick reads as many as it may grant from the head of every shard, strongly consistent: the lowest of all ranks are
among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from heapq import merge
from itertools import islice

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit import settings
from kit.table import Table, TableMeta
from waitingroom.room import Grant

SHARDS = 32
LOOK_MIN, LOOK_SECONDS = 16, 16
"""A shard is read for so many people and its share of so many seconds' admissions: somewhat more than are ever wanted
ready (`granting.READY_SECONDS`)."""
KEPT = timedelta(hours=1)
"""Whoever has not been let in by then asked long ago, and asks again."""


class Ready(Model):
    class Meta(TableMeta):
        table_name = Table("waitingroom")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    person = UnicodeAttribute()
    expires = NumberAttribute()


def add(event_id: str, rank: str, person_id: str, now: datetime) -> None:
    """Stand ready; twice is once."""
    Ready(_pk(event_id, rank), rank, person=person_id, expires=int((now + KEPT).timestamp())).save()


def lowest(event_id: str, most: int, pool: ThreadPoolExecutor) -> tuple[list[Grant], int]:
    """The `most` lowest ranks that are ready, and how many are ready, as far as this looked.

    Of a crowd each shard is read no further than calling could ever want (`READY_SECONDS` and more), and one whose
    share of the lowest may lie beyond that is read again, in full.
    """
    share = min(most, LOOK_MIN + most * LOOK_SECONDS // SHARDS)
    heads = list(pool.map(lambda shard: _head(event_id, shard, share), range(SHARDS)))
    found = list(islice(merge(*heads), most))
    short = [shard for shard, head in enumerate(heads) if share <= len(head) < most and head[-1] <= found[-1]]
    if short:
        for shard, head in zip(short, pool.map(lambda shard: _head(event_id, shard, most), short), strict=True):
            heads[shard] = head
        found = list(islice(merge(*heads), most))
    return found, sum(map(len, heads))


def _head(event_id: str, shard: int, most: int) -> list[Grant]:
    """The lowest of a shard. Asked of the service itself: a tick reads thousands, and a model of each takes long."""
    answer = settings.client("dynamodb").query(
        TableName=Ready.Meta.table_name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"READY#{event_id}#{shard:02}"}},
        ConsistentRead=True,
        Limit=most,
    )
    return [Grant(item["sk"]["S"], item["person"]["S"]) for item in answer["Items"]]


def remove(event_id: str, grants: Iterable[Grant]) -> None:
    """Whoever is let in waits no longer."""
    with Ready.batch_write() as batch:
        for grant in grants:
            batch.delete(Ready(_pk(event_id, grant.rank), grant.rank))


def is_ready(event_id: str, rank: str) -> bool:
    return Ready.count(_pk(event_id, rank), Ready.sk == rank, consistent_read=True) > 0


def _pk(event_id: str, rank: str) -> str:
    return f"READY#{event_id}#{int(sha256(rank.encode()).hexdigest()[:8], 16) % SHARDS:02}"
