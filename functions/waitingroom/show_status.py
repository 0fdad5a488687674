"""GET /queue/{eventId}/status: where the caller stands, and the token once they are in."""

from __future__ import annotations

from kit.errors import NotFound
from kit.http import Call, endpoint
from waitingroom import lining_up
from waitingroom.problems import NotInLine, TokenBound
from waitingroom.views import Standing


@endpoint(raises=(NotFound, NotInLine, TokenBound))
def handler(call: Call) -> Standing:
    """Asked by those near the head and those who are in; everybody else reads /queue/{eventId}/now."""
    return lining_up.status(call.path["eventId"], call.caller, call.now)
