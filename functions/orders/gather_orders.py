"""GatherOrders, the first step after an event was cancelled or moved: whom it concerns, as a list for the map."""

from __future__ import annotations

from datetime import datetime

import msgspec

import inventory
from kit import settings
from kit.step import step
from orders import changes


class Gathering(msgspec.Struct, frozen=True, rename="camel"):
    event_id: str
    change_id: str


class Gathered(msgspec.Struct, frozen=True, rename="camel"):
    """Where the list of order ids lies."""

    bucket: str
    key: str
    orders: int


@step
def handler(gathering: Gathering, now: datetime) -> Gathered:
    return gather_orders(gathering.event_id, gathering.change_id)


def gather_orders(event_id: str, change_id: str) -> Gathered:
    """Every order with a seat, from the rows: run a sale's longest write after the sale was stopped, none is missed.

    A run that goes on finds the same orders, since seats of an event that is off are not given back.
    """
    order_ids = inventory.orders_with_seats(event_id)
    gathered = Gathered(settings.env("BUCKET_LISTS"), f"{event_id}/{change_id}.json", len(order_ids))
    settings.client("s3").put_object(Bucket=gathered.bucket, Key=gathered.key, Body=msgspec.json.encode(order_ids))
    changes.note_orders(event_id, change_id, len(order_ids))
    return gathered
