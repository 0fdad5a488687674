"""Every minute, for a minute: tick every open room each second, and close those whose sale is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

import catalog
from kit import clock
from kit.errors import Problem
from kit.telemetry import count, log, metrics
from waitingroom import rooms
from waitingroom.control_room import Control, change
from waitingroom.problems import RoomChanged
from waitingroom.ticking import tick

TICKING = timedelta(seconds=59)
PERIOD = timedelta(seconds=1)
BY_ITSELF = "sale-over"
"""Stands in the record where an organizer's id would."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    tick_rooms(clock.now() + TICKING)


def tick_rooms(until: datetime) -> None:
    """Until then, as long as a room is open. A room that fails does not stop the others."""
    for event_id in rooms.wanting_ticks():
        with _apart(event_id):
            _close_with_its_sale(event_id, clock.now())
    while (now := clock.now()) < until and (events := rooms.wanting_ticks()):
        for event_id in events:
            _tick(event_id, now)
        rest = (now + PERIOD - clock.now()).total_seconds()
        time.sleep(max(0.0, rest))


def _close_with_its_sale(event_id: str, now: datetime) -> None:
    event = catalog.get_event(event_id)
    if (event.status == "cancelled" or now >= event.sale_ends_at) and rooms.load(event_id).phase != "closed":
        change(event_id, Control("close"), BY_ITSELF, now)


def _tick(event_id: str, now: datetime) -> None:
    with _apart(event_id):
        if tick(event_id, now).phase == "closed":
            rooms.no_more_ticks(event_id)


@contextmanager
def _apart(event_id: str) -> Iterator[None]:
    try:
        yield
    except RoomChanged:
        log.info("somebody else ticked", event_id=event_id)
    except (Problem, ClientError, BotoCoreError, PynamoDBException):
        log.exception("no tick", event_id=event_id)
        count("TicksFailed")
