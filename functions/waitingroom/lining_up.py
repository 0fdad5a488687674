"""Joining, standing, coming when called, leaving: what one person does in the line."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit.auth import Person
from kit.clock import from_ms, to_ms
from kit.sealed import seal
from waitingroom import entry, passes, readiness, register, rooms, sessions, waits
from waitingroom.problems import NotCalled, NotInLine, RoomNotOpen, TokenBound, TurnOver
from waitingroom.register import Place
from waitingroom.room import Grant, Room
from waitingroom.sessions import Session
from waitingroom.views import Standing, Status, Wait


def join(event_id: str, caller: Person, receipt: str | None, now: datetime) -> Standing:
    """One place a person, whoever asks how often. Joining again after a turn that is over takes the present time."""
    room = rooms.recall(event_id, now)
    if room.phase == "closed":
        raise RoomNotOpen(phase=room.phase)
    entry.require_account(room, caller.person_id, now)
    came = passes.arrival(receipt, event_id, caller.person_id, room.opened_at, now)
    late = not room.takes_part_in_draw(came.t)
    wanted = Place(caller.person_id, came.t, late, device=came.d, address=came.a)
    place = register.join(event_id, room.buckets, wanted, now)
    if place is not wanted and _is_over(room, place, now):
        present = max(to_ms(now), place.came + 1)
        again = msgspec.structs.replace(wanted, came=present, generation=place.generation + 1)
        place = register.rejoin(event_id, room.buckets, place, again, now)
    return _standing(room, place, caller, now)


def status(event_id: str, caller: Person, now: datetime) -> Standing:
    """Raises NotInLine, TokenBound. For somebody who was let in this is also what keeps the admission alive."""
    room = rooms.recall(event_id, now)
    return _standing(room, place_of(room, caller.person_id), caller, now)


def come(event_id: str, caller: Person, answer: str | None, now: datetime) -> Standing:
    """Somebody was called and is here. Raises NotInLine, NotCalled, TurnOver, RoomNotOpen, TokenBound, EntryRefused,
    PuzzleRequired: then `answer` is to its puzzle."""
    room = rooms.recall(event_id, now)
    place = place_of(room, caller.person_id)
    rank = room.rank_of(place.person_id, place.late, place.came)
    if rank is None or rank > room.called:  # a second ago: the document that called them may be newer
        room = rooms.load(event_id)
        rank = room.rank_of(place.person_id, place.late, place.came)
    standing = _standing(room, place, caller, now)
    if standing.status == "admitted":
        return standing
    if standing.status == "expired" or rank is None:
        raise TurnOver if rank is not None else NotCalled(position=None)
    if room.phase != "serving":
        raise RoomNotOpen(phase=room.phase)
    if rank > room.called:
        raise NotCalled(position=standing.position)
    entry.require_good_company(room, place, answer, now)
    readiness.add(event_id, rank, caller.person_id, now)
    return standing


def leave(event_id: str, caller: Person, now: datetime) -> None:
    """Give the place up, and the admission if there is one. Again changes nothing. Raises NotInLine."""
    room = rooms.recall(event_id, now)
    place = register.find(event_id, room.buckets, caller.person_id)
    if place is None:
        raise NotInLine
    register.leave(event_id, room.buckets, place, now)
    rank = room.rank_of(place.person_id, place.late, place.came)
    if rank is not None:
        readiness.remove(event_id, [Grant(rank, caller.person_id)])
    session = sessions.find(event_id, caller.person_id)
    if session is not None and session.is_live(now):
        sessions.end(session, now)


def place_of(room: Room, person_id: str) -> Place:
    """Raises NotInLine."""
    place = register.find(room.event_id, room.buckets, person_id)
    if place is None or place.left is not None:
        raise NotInLine
    return place


def _standing(room: Room, place: Place, caller: Person, now: datetime) -> Standing:
    rank = room.rank_of(place.person_id, place.late, place.came)
    called = place.used is not None or (rank is not None and rank <= room.called)
    session = sessions.find(room.event_id, place.person_id) if called else None
    session = session if session is not None and session.rank == rank else None
    state = _state(room, place, rank, session, now)
    token = _admit(room, place, session, caller, now) if state == "admitted" and session is not None else None
    if state == "admitted" and token is None:
        state = "expired"
    people = waits.ahead(room, rank)
    wait = waits.wait_seconds(room, people)
    return Standing(
        event_id=room.event_id,
        status=state,
        queue_length=waits.length(room),
        position=people,
        estimated_wait_seconds=Wait(*wait) if wait is not None else None,
        out_of_reach=waits.out_of_reach(room, people),
        poll_seconds=waits.poll_seconds(room, wait),
        queue_token=seal(passes.QUEUE, passes.QueuePass(room.event_id, place.person_id, place.generation, rank)),
        rank=rank,
        late=place.late,
        joined_at=from_ms(place.came),
        access_token=token,
        access_ends_at=from_ms(int(session.ends)) if session is not None and token else None,
    )


def _state(room: Room, place: Place, rank: str | None, session: Session | None, now: datetime) -> Status:
    if session is not None and session.is_live(now):
        return "admitted"
    if place.used is not None:
        return "expired"
    if rank is None or rank > room.called:
        return "queued"
    if room.called_long_ago(rank, to_ms(now)) and not readiness.is_ready(room.event_id, rank):
        return "expired"
    return "called"


def _admit(room: Room, place: Place, session: Session, caller: Person, now: datetime) -> str | None:
    """The admission's token; the place is used up first, so that no crash leaves a place to be used twice."""
    if session.sign_in is not None and session.sign_in != caller.session_id:
        raise TokenBound
    tick = int(session.tick)
    if place.used != tick and not register.use(room.event_id, room.buckets, place, tick):
        return None
    if not sessions.renew(room.event_id, session, caller.session_id, now):
        return None
    return passes.admission(room.event_id, caller.person_id, caller.session_id, tick, now)


def _is_over(room: Room, place: Place, now: datetime) -> bool:
    """Whether a place gives no turn any more: given up, used, or missed."""
    if place.left is not None:
        return True
    rank = room.rank_of(place.person_id, place.late, place.came)
    session = sessions.find(room.event_id, place.person_id) if rank is not None else None
    return _state(room, place, rank, session, now) == "expired"
