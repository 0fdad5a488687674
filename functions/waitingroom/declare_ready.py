"""POST /queue/{eventId}/ready: somebody was called, and is here."""

from __future__ import annotations

from kit.errors import NotFound
from kit.http import Call, endpoint
from waitingroom import lining_up
from waitingroom.problems import (
    EntryRefused,
    NotCalled,
    NotInLine,
    PuzzleRequired,
    RoomNotOpen,
    TokenBound,
    TurnOver,
)
from waitingroom.views import Standing


@endpoint(raises=(NotFound, NotInLine, NotCalled, TurnOver, RoomNotOpen, TokenBound, EntryRefused, PuzzleRequired))
def handler(call: Call) -> Standing:
    return lining_up.come(call.path["eventId"], call.caller, call.headers.get("x-puzzle-answer"), call.now)
