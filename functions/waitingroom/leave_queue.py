"""POST /queue/{eventId}/leave: give up the place, or the admission."""

from __future__ import annotations

from kit.errors import NotFound
from kit.http import Call, endpoint
from waitingroom import lining_up
from waitingroom.problems import NotInLine


@endpoint(status=204, raises=(NotFound, NotInLine))
def handler(call: Call) -> None:
    lining_up.leave(call.path["eventId"], call.caller, call.now)
