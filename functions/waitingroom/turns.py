"""Telling those near the head that it is their turn: over the WebSocket, for whoever has one open.

Only a quicker word: whoever missed it reads the same in the document that everybody reads, five seconds later at most.
So a message is sent once, in no order, and says nothing that the API would not say.
"""

from __future__ import annotations

from typing import Literal

import msgspec

import live
from kit import settings
from waitingroom.room import Room

NEAR_PEOPLE = 1_000
NEAR_SECONDS = 120
"""One is near the head with fewer people than that ahead, or if they will have been called by then."""
LISTENERS_MAX = 5_000
"""Of one event: reading them takes a second's part. Whoever comes later goes on asking."""


class Turns(msgspec.Struct, frozen=True, rename="camel"):
    """What a tick changed: `called` rose from `above`, and these ranks went in."""

    event_id: str
    above: str
    called: str
    granted: list[str]


class YourTurn(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="turn.come"):
    """`called`: say that you are ready. `admitted`: a place is kept for half a minute."""

    event_id: str
    status: Literal["called", "admitted"]


def channel(event_id: str) -> str:
    return f"turn#{event_id}"


def is_near(room: Room, people: int | None) -> bool:
    """Whether this many people ahead are few enough for a connection of one's own."""
    return people is not None and people <= max(NEAR_PEOPLE, room.pace.calling * NEAR_SECONDS)


def announce(before: Room, after: Room) -> None:
    """Have a committed tick told, if it moved anybody."""
    if after.called == before.called and not after.grants:
        return
    moved = Turns(after.event_id, before.called, after.called, [grant.rank for grant in after.grants])
    settings.client("sqs").send_message(
        QueueUrl=settings.env("QUEUE_TURNS"), MessageBody=msgspec.json.encode(moved).decode()
    )


def tell(moved: Turns) -> None:
    """Everybody who listens and whose turn it has become. Dead connections are forgotten on the way."""
    granted = set(moved.granted)
    messages = []
    for listener in live.listeners(channel(moved.event_id), LISTENERS_MAX):
        (rank,) = listener.parts or ("",)
        if rank in granted:
            messages.append((listener, msgspec.json.encode(YourTurn(moved.event_id, "admitted"))))
        elif moved.above < rank <= moved.called:
            messages.append((listener, msgspec.json.encode(YourTurn(moved.event_id, "called"))))
    live.tell(messages)
