"""The gate before the inventory: an admission is a token and, behind it, a session that lives at this moment."""

from __future__ import annotations

from datetime import datetime

from kit.auth import Person
from kit.sealed import InvalidSeal
from waitingroom import degraded, register, rooms, sessions
from waitingroom.passes import BY_LOT, Admission, open_admission
from waitingroom.problems import AdmissionRequired, TokenBound


def require_admission(event_id: str, caller: Person, token: str | None, now: datetime) -> None:
    """Let nobody through without a live session of their own, whatever their token says.

    Raises AdmissionRequired, with the way to the room; TokenBound.
    """
    admission = _opened(token, now)
    if admission is None or (admission.event, admission.sub) != (event_id, caller.person_id):
        raise _required(event_id)
    if admission.device != caller.session_id:
        raise TokenBound
    if admission.tick == BY_LOT:
        if not _admitted_by_lot(event_id, caller.person_id, now):
            raise _required(event_id)
        return
    session = sessions.find(event_id, caller.person_id)
    if session is None or int(session.tick) != admission.tick or not session.is_live(now):
        raise _required(event_id)
    if session.sign_in != caller.session_id:
        raise TokenBound


def _admitted_by_lot(event_id: str, person_id: str, now: datetime) -> bool:
    """The edge draws for whoever shows a place; whether it was given up or used since, only the register knows."""
    room = rooms.recall(event_id, now)
    place = register.find(event_id, room.buckets, person_id)
    waits = place is not None and place.left is None and place.used is None
    return waits and degraded.admits_by_lot(room, now)


def _opened(token: str | None, now: datetime) -> Admission | None:
    try:
        return open_admission(token, now) if token else None
    except InvalidSeal:
        return None


def _required(event_id: str) -> AdmissionRequired:
    return AdmissionRequired(waitingRoom=f"/queue/{event_id}")
