"""watchTurn on the WebSocket: be told when one is called or let in, for whoever is near the head of the line."""

from __future__ import annotations

from typing import Annotated

import msgspec

import live
from kit.errors import Unauthenticated
from kit.socket import Message, receives
from waitingroom import lining_up, rooms, turns, waits
from waitingroom.problems import TurnNotNear


class WatchTurn(msgspec.Struct, frozen=True, rename="camel"):
    action: str
    event_id: Annotated[str, msgspec.Meta(max_length=64)]


class WatchingTurn(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="turn.watching"):
    """Whether one had been called once the connection was on the list: nothing is missed."""

    event_id: str
    called: bool


@receives
def handler(message: Message, body: WatchTurn) -> WatchingTurn:
    return watch_turn(message, body.event_id)


def watch_turn(message: Message, event_id: str) -> WatchingTurn:
    """The rank is the register's word, not the caller's.

    Raises Unauthenticated, NotFound, NotInLine, TurnNotNear, ConnectionEnded.
    """
    person_id = live.person_of(message.connection_id)
    if person_id is None:
        raise Unauthenticated
    room = rooms.load(event_id)
    place = lining_up.place_of(room, person_id)
    rank = room.rank_of(person_id, place.late, place.came)
    people = waits.ahead(room, rank)
    if rank is None or not turns.is_near(room, people):
        raise TurnNotNear(position=people)
    live.listen(message.connection_id, turns.channel(event_id), message.now, [rank])
    return WatchingTurn(event_id, rank <= rooms.load(event_id).called)
