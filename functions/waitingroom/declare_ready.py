"""POST /queue/{eventId}/ready: somebody was called, and is here."""

from __future__ import annotations

from kit.errors import NotFound
from kit.http import Call, endpoint
from waitingroom import lining_up
from waitingroom.problems import NotCalled, NotInLine, RoomNotOpen, TokenBound, TurnOver
from waitingroom.views import Standing


@endpoint(raises=(NotFound, NotInLine, NotCalled, TurnOver, RoomNotOpen, TokenBound))
def handler(call: Call) -> Standing:
    return lining_up.come(call.path["eventId"], call.caller, call.now)
