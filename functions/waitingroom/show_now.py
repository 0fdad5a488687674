"""GET /queue/{eventId}/now: how far the line has come, the same for everybody and kept at the edge for a second."""

from __future__ import annotations

from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from kit import settings
from kit.auth import PUBLIC
from kit.clock import from_ms
from kit.errors import NotFound, Problem
from kit.http import Call, endpoint
from kit.telemetry import count, log
from waitingroom import degraded, rooms
from waitingroom.room import Room
from waitingroom.ticking import tick
from waitingroom.views import NowServing, now_serving

OVERDUE = timedelta(milliseconds=2500)


@endpoint(callers=PUBLIC, cache_seconds=1, raises=(NotFound,))
def handler(call: Call) -> NowServing:
    """Whoever asks for a document that is overdue makes the tick that is missing, if nobody else does. But not while
    the register is read for the draw: that may take longer than anybody waits here."""
    room = rooms.load(call.path["eventId"])
    if room.phase not in ("closed", "drawing") and _age(room, call.now) > OVERDUE:
        room = _tick_instead(room, call.now)
    terms = degraded.terms(room, call.now) if degraded.is_degraded(room, call.now) else None
    if terms is not None:
        count("RoomsDegraded")
    return now_serving(room, settings.env("BEACON_URL"), terms)


def _tick_instead(room: Room, now: datetime) -> Room:
    try:
        return tick(room.event_id, now)
    except (Problem, ClientError, BotoCoreError, PynamoDBException):
        log.warning("no tick", exc_info=True)
        return rooms.load(room.event_id)


def _age(room: Room, now: datetime) -> timedelta:
    return now - from_ms(room.tick_at or room.opened_at)
