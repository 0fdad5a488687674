"""GatherOrders, after an event was cancelled or moved: whom it concerns and who is left, as a list for the map.

Again after the map, for those that failed: what refuses now may take a refund in an hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

import inventory
from kit import settings
from kit.step import step
from orders import changes

PAUSE_MINUTES = (0, 5, 10, 20, 40, 80, 160, 240, 240)
"""Before each try of a run: over within 14 hours, beside what the map itself takes. Then a person has to go on."""


class Gathering(msgspec.Struct, frozen=True, rename="camel"):
    event_id: str
    change_id: str


class Gathered(msgspec.Struct, frozen=True, rename="camel"):
    """Where the list of order ids lies, how many they are, and how long to wait before they are seen to."""

    bucket: str
    key: str
    orders: int
    pause_seconds: int


@step
def handler(gathering: Gathering, now: datetime) -> Gathered:
    return gather_orders(gathering.event_id, gathering.change_id, now)


def gather_orders(event_id: str, change_id: str, now: datetime) -> Gathered:
    """Every order with a seat, from the rows, that is not done: run a sale's longest write after the sale was
    stopped, none is missed. None once the run has tried often enough, or another change has followed this one.

    A later try finds the same orders, since seats of an event that is off are not given back.
    """
    order_ids = inventory.orders_with_seats(event_id)
    left = sorted(set(order_ids) - changes.done(event_id, change_id))
    change = changes.find(event_id)
    tries = change.tries if change and change.change_id == change_id else len(PAUSE_MINUTES)
    if tries == len(PAUSE_MINUTES):
        left = []
    pause = timedelta(minutes=PAUSE_MINUTES[tries]) if left else timedelta()
    gathered = Gathered(
        settings.env("BUCKET_LISTS"), f"{event_id}/{change_id}.json", len(left), int(pause.total_seconds())
    )
    settings.client("s3").put_object(Bucket=gathered.bucket, Key=gathered.key, Body=msgspec.json.encode(left))
    changes.note_try(event_id, change_id, len(order_ids), tries + bool(left), now + pause if left and tries else None)
    return gathered
