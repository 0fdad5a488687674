"""POST /queue/{eventId}/join: take a place in the line."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kit.errors import NotFound
from kit.http import Call, endpoint
from kit.sealed import InvalidSeal
from waitingroom import lining_up
from waitingroom.problems import AccountTooNew, ContactUnverified, RoomNotOpen, TokenBound
from waitingroom.views import Standing


class JoinRequest(msgspec.Struct, frozen=True, rename="camel"):
    """`receipt`: the edge's, from POST /queue/{eventId}/receipt. Without one the time of this call counts."""

    receipt: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


@endpoint(raises=(NotFound, RoomNotOpen, InvalidSeal, TokenBound, AccountTooNew, ContactUnverified))
def handler(call: Call, body: JoinRequest) -> Standing:
    """One place a person: whoever joins again, from wherever, gets the first one."""
    return lining_up.join(call.path["eventId"], call.caller, body.receipt, call.now)
