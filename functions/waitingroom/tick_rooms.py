"""Every minute, for a minute: tick every open room each second."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from kit import clock
from kit.errors import Problem
from kit.telemetry import count, log, metrics
from waitingroom import rooms
from waitingroom.problems import RoomChanged
from waitingroom.ticking import tick

TICKING = timedelta(seconds=59)
PERIOD = timedelta(seconds=1)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    tick_rooms(clock.now() + TICKING)


def tick_rooms(until: datetime) -> None:
    """Until then, as long as a room is open. A room that fails does not stop the others."""
    while (now := clock.now()) < until and (events := rooms.wanting_ticks()):
        for event_id in events:
            _tick(event_id, now)
        rest = (now + PERIOD - clock.now()).total_seconds()
        time.sleep(max(0.0, rest))


def _tick(event_id: str, now: datetime) -> None:
    try:
        if tick(event_id, now).phase == "closed":
            rooms.no_more_ticks(event_id)
    except RoomChanged:
        log.info("somebody else ticked", event_id=event_id)
    except (Problem, ClientError, BotoCoreError, PynamoDBException):
        log.exception("no tick", event_id=event_id)
        count("TicksFailed")
