"""Where an event has a waiting room, only whoever it let in may hold seats."""

from __future__ import annotations

import waitingroom
from inventory import sales
from kit.http import Call


def check(event_id: str, call: Call) -> None:
    """Costs an event without a waiting room nothing. Raises AdmissionRequired, TokenBound, NotFound.

    What is held already is not asked for again: it may be ordered after the admission has ended.
    """
    if sales.known_event(event_id, call.now).waiting_room:
        token = call.headers.get("x-admission-token")
        waitingroom.require_admission(event_id, call.caller, token, call.now)
