"""Everybody's place in the line: one item a person, written once, over as many keys as the sale needs.

    PLACE#<event>#<bucket>    <person>

A bucket is a part of the register, chosen by a hash of the person: the draw reads it bucket by bucket.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from botocore.exceptions import ClientError
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.models import Model

from kit import settings
from kit.clock import to_ms
from kit.table import Table, TableMeta
from waitingroom import rooms
from waitingroom.rooms import REFUSED

KEPT = timedelta(days=30)
THROTTLED = ("ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException")


class Item(Model):
    """`came`: when; `late`: after the draw; `generation`: how often this person joined. `used`: the tick that let
    them in, once they came. `left`: when they gave the place up. `device`, `address`: keyed hashes of where they
    came from, by the edge's receipt. `was_drawn`: an earlier place of theirs was in the draw."""

    class Meta(TableMeta):
        table_name = Table("waitingroom")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    came = NumberAttribute()
    late = BooleanAttribute()
    generation = NumberAttribute(default=1)
    used = NumberAttribute(null=True)
    left = NumberAttribute(null=True)
    device = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    was_drawn = BooleanAttribute(null=True)
    expires = NumberAttribute()


class Place(msgspec.Struct, frozen=True):
    """A person's place. Its rank follows from this and the room."""

    person_id: str
    came: int
    late: bool
    generation: int = 1
    used: int | None = None
    left: int | None = None
    device: str = ""
    address: str = ""
    was_drawn: bool = False

    @property
    def in_draw(self) -> bool:
        """Whether this person's leaf is in the register's root: whoever joins again later does not leave it."""
        return self.was_drawn or not self.late


@settings.at_start
def client() -> Any:
    """Tells what stood there when a put was refused, which PynamoDB does not."""
    return settings.client("dynamodb")


def join(event_id: str, buckets: int, place: Place, now: datetime) -> Place:
    """Take a place, once: whoever asks again gets the first one. One write unit."""
    item = _item(event_id, buckets, place, now)
    try:
        client().put_item(
            TableName=item.Meta.table_name,
            Item=item.serialize(),
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in THROTTLED:
            rooms.record_throttling(event_id, to_ms(now))
        if code != REFUSED:
            raise
        return _place(Item.from_raw_data(error.response["Item"]))
    return place


def rejoin(event_id: str, buckets: int, before: Place, place: Place, now: datetime) -> Place:
    """A new place for somebody whose last one is over; of several requests at once one counts."""
    place = msgspec.structs.replace(place, was_drawn=before.in_draw)
    item = _item(event_id, buckets, place, now)
    try:
        item.save(condition=Item.generation == before.generation)
    except PutError as error:
        if error.cause_response_code != REFUSED:
            raise
        found = find(event_id, buckets, place.person_id)
        assert found is not None
        return found
    return place


def find(event_id: str, buckets: int, person_id: str) -> Place | None:
    try:
        return _place(Item.get(*_key(event_id, buckets, person_id), consistent_read=True))
    except Item.DoesNotExist:
        return None


def leave(event_id: str, buckets: int, place: Place, now: datetime) -> None:
    """A tombstone: the rank stays used, and nobody else moves back."""
    _update(event_id, buckets, place, Item.left.set(to_ms(now)), Item.generation == place.generation)


def use(event_id: str, buckets: int, place: Place, tick: int) -> bool:
    """Whoever was let in has come: this place is used up. Again for the same admission changes nothing."""
    unused = Item.used.does_not_exist() | (Item.used == tick)
    return _update(event_id, buckets, place, Item.used.set(tick), unused & (Item.generation == place.generation))


def count(event_id: str, bucket: int) -> tuple[int, int]:
    """How many of a bucket are in the draw, and how many came after it. The service counts: a tick cannot take in
    the thousands of a bucket one by one."""
    everybody = late = 0
    for page in _pages(event_id, bucket, "late = :yes", {":yes": True}, Select="COUNT"):
        everybody, late = everybody + page["ScannedCount"], late + page["Count"]
    return everybody - late, late


def drawn(event_id: str, bucket: int) -> Iterator[Place]:
    """Everybody of a bucket who takes part in the draw, as they were in it. Asked of the service itself: a model of
    each takes longer than all the rest."""
    wanted = {"ProjectionExpression": "sk, came, device, address", "ConsistentRead": True}
    for page in _pages(event_id, bucket, "late = :no OR was_drawn = :yes", {":no": False, ":yes": True}, **wanted):
        for item in page["Items"]:
            known = {name: item[name]["S"] for name in ("device", "address") if name in item}
            yield Place(item["sk"]["S"], int(item["came"]["N"]), late=False, **known)


def _pages(event_id: str, bucket: int, which: str, values: dict[str, bool], **more: Any) -> Iterator[dict[str, Any]]:
    """Of a bucket's places those of which a condition holds."""
    pages: Iterator[dict[str, Any]] = (
        client()
        .get_paginator("query")
        .paginate(
            TableName=Item.Meta.table_name,
            KeyConditionExpression="pk = :pk",
            FilterExpression=which,
            ExpressionAttributeValues={
                ":pk": {"S": _pk(event_id, bucket)},
                **{name: {"BOOL": value} for name, value in values.items()},
            },
            **more,
        )
    )
    return pages


def bucket_of(buckets: int, person_id: str) -> int:
    return int.from_bytes(sha256(person_id.encode()).digest()[:4], "big") % buckets


def _update(event_id: str, buckets: int, place: Place, action: object, condition: object) -> bool:
    try:
        Item(*_key(event_id, buckets, place.person_id)).update([action], condition=condition)  # type: ignore[list-item, arg-type]
    except UpdateError as error:
        if error.cause_response_code != REFUSED:
            raise
        return False
    return True


def _item(event_id: str, buckets: int, place: Place, now: datetime) -> Item:
    return Item(
        *_key(event_id, buckets, place.person_id),
        came=place.came,
        late=place.late,
        generation=place.generation,
        device=place.device or None,
        address=place.address or None,
        was_drawn=place.was_drawn or None,
        expires=int((now + KEPT).timestamp()),
    )


def _place(item: Item) -> Place:
    return Place(
        person_id=item.sk,
        came=int(item.came),
        late=bool(item.late),
        generation=int(item.generation),
        used=None if item.used is None else int(item.used),
        left=None if item.left is None else int(item.left),
        device=item.device or "",
        address=item.address or "",
        was_drawn=bool(item.was_drawn),
    )


def _key(event_id: str, buckets: int, person_id: str) -> tuple[str, str]:
    return _pk(event_id, bucket_of(buckets, person_id)), person_id


def _pk(event_id: str, bucket: int) -> str:
    return f"PLACE#{event_id}#{bucket:04}"
