"""watchSeats on the WebSocket: be told which seats of an event are taken and freed from now on."""

from __future__ import annotations

from typing import Annotated

import msgspec

import live
from inventory import sales, sections, snapshots, told
from kit.socket import Message, receives

SectionKeys = Annotated[list[Annotated[str, msgspec.Meta(max_length=16)]], msgspec.Meta(max_length=200)]


class WatchSeats(msgspec.Struct, frozen=True, rename="camel"):
    """Without `sections`: the whole event. A connection watches one event: asking again replaces what it asked."""

    action: str
    event_id: Annotated[str, msgspec.Meta(max_length=64)]
    sections: SectionKeys | None = None


class Watching(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="seats.watching"):
    """Whoever has a map of at least this `version` misses nothing that comes after it; others fetch it.

    `everyMs`: how far apart messages are at present. It grows with the audience: far beyond a second, fetching
    the map, which the edge keeps for all, is the fresher way.
    """

    event_id: str
    version: int
    every_ms: int


@receives
def handler(message: Message, body: WatchSeats) -> Watching:
    return watch_seats(message, body)


def watch_seats(message: Message, asked: WatchSeats) -> Watching:
    """Raises NotFound, NotOnSaleYet, UnknownSection, ConnectionEnded.

    The map is read after the connection is on the list: what changed before is in its version, what changes
    later is told.
    """
    event = sales.shown_event(asked.event_id, message.now)
    if asked.sections is not None:
        sections.load(event.chart_hash, asked.sections)
    live.listen(message.connection_id, channel(event.event_id), message.now, asked.sections)
    version = snapshots.load(event.event_id, consistent=True).version
    return Watching(event.event_id, version, told.milliseconds(told.load(event.event_id).every))


def channel(event_id: str) -> str:
    return f"seats#{event_id}"
