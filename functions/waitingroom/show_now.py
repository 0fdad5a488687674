"""GET /queue/{eventId}/now: how far the line has come, the same for everybody and kept at the edge for a second."""

from __future__ import annotations

from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from kit import settings
from kit.auth import PUBLIC
from kit.clock import from_ms
from kit.errors import NotFound, Problem
from kit.http import Call, endpoint
from kit.telemetry import log
from waitingroom import rooms
from waitingroom.room import Room
from waitingroom.ticking import tick
from waitingroom.views import NowServing, now_serving

OVERDUE = timedelta(milliseconds=2500)
DEGRADED = timedelta(minutes=1)


@endpoint(callers=PUBLIC, cache_seconds=1, raises=(NotFound,))
def handler(call: Call) -> NowServing:
    """Whoever asks for a document that is overdue makes the tick that is missing, if nobody else does."""
    room = rooms.load(call.path["eventId"])
    if room.phase != "closed" and _age(room, call.now) > OVERDUE:
        room = _tick_instead(room, call.now)
    dead = room.phase == "serving" and _age(room, call.now) > DEGRADED
    return now_serving(room, settings.env("BEACON_URL"), "degraded" if dead else "normal")


def _tick_instead(room: Room, now: datetime) -> Room:
    try:
        return tick(room.event_id, now)
    except (Problem, ClientError, BotoCoreError):
        log.warning("no tick", exc_info=True)
        return rooms.load(room.event_id)


def _age(room: Room, now: datetime) -> timedelta:
    return now - from_ms(room.tick_at or room.opened_at)
