"""Who is in: one item a person over 16 shards, counted anew by every tick.

    SESSION#<event>#<shard>    <person>

A session is never written twice for the same tick: a replayed grant finds it there, ended or not. Ended ones stay
until no process that could write them again can still be alive.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.models import Model

from kit import settings
from kit.clock import to_ms
from kit.table import Table, TableMeta
from waitingroom.room import CLAIM_MS, IDLE_MS, SESSION_MS, Grant
from waitingroom.rooms import REFUSED

SHARDS = 16
SKEW = timedelta(seconds=2)
"""Two functions' clocks differ by less: a session that ends within it counts, since it may yet be renewed."""
PAGE_ITEMS: int | None = None
FORGOTTEN_AFTER = timedelta(minutes=10)
KEPT = timedelta(days=1)


class Session(Model):
    """`until`: renewed while its person is about, never past `ends`. `sign_in`: whom the admission is bound to."""

    class Meta(TableMeta):
        table_name = Table("waitingroom")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    tick = NumberAttribute()
    rank = UnicodeAttribute()
    until = NumberAttribute()
    ends = NumberAttribute()
    sign_in = UnicodeAttribute(null=True)
    expires = NumberAttribute()

    def is_live(self, now: datetime) -> bool:
        return int(self.until) > to_ms(now)


def admit(event_id: str, tick: int, grants: Iterable[Grant], at_ms: int, pool: ThreadPoolExecutor) -> None:
    """Write what a tick granted. Any process may, any number of times: each session begins once."""
    list(pool.map(lambda grant: _begin(event_id, tick, grant, at_ms), grants))


def count_live(event_id: str, now: datetime, pool: ThreadPoolExecutor) -> int:
    """How many are in at this moment: strongly consistent, every page of every shard."""
    cutoff = {":until": {"N": str(to_ms(now - SKEW))}}
    pages = {"Limit": PAGE_ITEMS} if PAGE_ITEMS else {}

    def count(shard: int) -> int:
        wanted = {
            "TableName": Session.Meta.table_name,
            "KeyConditionExpression": "pk = :pk",
            "FilterExpression": "#until > :until",
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": {":pk": {"S": f"SESSION#{event_id}#{shard:02}"}} | cutoff,
            "Select": "COUNT",
            "ConsistentRead": True,
        } | pages
        found = 0
        while True:
            page = settings.client("dynamodb").query(**wanted)
            found += int(page["Count"])
            if "LastEvaluatedKey" not in page:
                return found
            wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    return sum(pool.map(count, range(SHARDS)))


def find(event_id: str, person_id: str) -> Session | None:
    try:
        return Session.get(*_key(event_id, person_id), consistent_read=True)
    except Session.DoesNotExist:
        return None


def renew(event_id: str, session: Session, sign_in: str, now: datetime) -> bool:
    """Its person is there. The first sign-in that comes is the one it is bound to. False: over, or another's."""
    ours = Session.sign_in.does_not_exist() | (Session.sign_in == sign_in)
    until = min(int(session.ends), to_ms(now) + IDLE_MS)
    try:
        session.update(
            [Session.until.set(until), Session.sign_in.set(sign_in)],
            condition=(Session.until > to_ms(now)) & (Session.tick == session.tick) & ours,
        )
    except UpdateError as error:
        if error.cause_response_code != REFUSED:
            raise
        return False
    return True


def end(session: Session, now: datetime) -> None:
    """The place is free at once; the item stays, so that no replay begins it again."""
    try:
        session.update([Session.until.set(to_ms(now - 2 * SKEW))], condition=Session.tick == session.tick)
    except UpdateError as error:
        if error.cause_response_code != REFUSED:
            raise


def forget_ended(event_id: str, shard: int, now: datetime) -> None:
    """Take away what ended long ago, so that counting stays cheap."""
    gone = Session.until < to_ms(now - FORGOTTEN_AFTER)
    for item in Session.query(f"SESSION#{event_id}#{shard:02}", filter_condition=gone):
        try:
            item.delete(condition=gone)  # not where the same person was let in again just now
        except DeleteError as error:
            if error.cause_response_code != REFUSED:
                raise


def _begin(event_id: str, tick: int, grant: Grant, at_ms: int) -> None:
    ends = at_ms + SESSION_MS
    item = Session(
        *_key(event_id, grant.person_id),
        tick=tick,
        rank=grant.rank,
        until=at_ms + CLAIM_MS,
        ends=ends,
        expires=ends // 1000 + int(KEPT.total_seconds()),
    )
    new = Session.pk.does_not_exist() | ((Session.tick < tick) & (Session.until < at_ms))
    try:
        item.save(condition=new)
    except PutError as error:
        if error.cause_response_code != REFUSED:
            raise


def _key(event_id: str, person_id: str) -> tuple[str, str]:
    shard = int.from_bytes(sha256(person_id.encode()).digest()[4:6], "big") % SHARDS
    return f"SESSION#{event_id}#{shard:02}", person_id
