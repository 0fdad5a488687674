"""Connections in DynamoDB. Nothing here outlives a connection by much.

T#<ticket>         ticket           who may open one connection, and until when
C#<connection id>  connection       whose it is, and what it listens to
L#<channel>        <connection id>  one listener of a channel, such as `seats#evt_…`, `order#ord_…` or `turn#evt_…`
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.models import Model

from kit import clock
from kit.errors import Problem
from kit.table import Table, TableMeta

LIVES_MAX = timedelta(hours=2, minutes=10)
"""API Gateway ends a connection after two hours; ten minutes of quiet end it sooner."""
TICKET, CONNECTION = "ticket", "connection"
REFUSED = "ConditionalCheckFailedException"


class InvalidTicket(Problem):
    """Missing, unknown, used or too old."""

    status, title = 401, "This ticket opens no connection"


class ConnectionEnded(Problem):
    status, title = 410, "This connection has ended"


class TicketItem(Model):
    class Meta(TableMeta):
        table_name = Table("live")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=TICKET)
    person_id = UnicodeAttribute(attr_name="personId", null=True)
    until = NumberAttribute()
    expires = TTLAttribute()


class ConnectionItem(Model):
    class Meta(TableMeta):
        table_name = Table("live")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=CONNECTION)
    person_id = UnicodeAttribute(attr_name="personId", null=True)
    channels = UnicodeSetAttribute(null=True)
    expires = TTLAttribute()


class ListenerItem(Model):
    class Meta(TableMeta):
        table_name = Table("live")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    parts = UnicodeSetAttribute(null=True)
    expires = TTLAttribute()


@dataclass(frozen=True)
class Listener:
    """A connection on a channel. `parts`: what it wants to hear of, if not everything."""

    channel: str
    connection_id: str
    parts: frozenset[str] | None


def put_ticket(ticket: str, person_id: str | None, until: datetime) -> None:
    """`until` is checked when the ticket is used; the table's own expiry only clears it away."""
    TicketItem(f"T#{ticket}", person_id=person_id, until=clock.to_ms(until), expires=until).save()


def use_ticket(ticket: str, now: datetime) -> str | None:
    """Whose ticket it is. Deleting it IF it is there lets it be used once. Raises InvalidTicket."""
    try:
        item = TicketItem.get(f"T#{ticket}", TICKET, consistent_read=True)
        item.delete(condition=TicketItem.pk.exists() & (TicketItem.until > clock.to_ms(now)))
    except TicketItem.DoesNotExist as error:
        raise InvalidTicket from error
    except DeleteError as error:
        if error.cause_response_code != REFUSED:
            raise
        raise InvalidTicket from error
    return item.person_id


def connect(connection_id: str, person_id: str | None, now: datetime) -> None:
    """A connection that listens to nothing yet."""
    ConnectionItem(f"C#{connection_id}", person_id=person_id, expires=now + LIVES_MAX).save()


def disconnect(connection_id: str) -> None:
    """Forget a connection and everything it listened to; one that is not there is forgotten already."""
    try:
        connection = ConnectionItem.get(f"C#{connection_id}", CONNECTION, consistent_read=True)
    except ConnectionItem.DoesNotExist:
        return
    for channel in connection.channels or ():
        ListenerItem(f"L#{channel}", connection_id).delete()
    connection.delete()


def person_of(connection_id: str) -> str | None:
    """Who is at the other end, if they were signed in when they opened it."""
    try:
        return ConnectionItem.get(f"C#{connection_id}", CONNECTION, consistent_read=True).person_id
    except ConnectionItem.DoesNotExist:
        return None


def listen(connection_id: str, channel: str, now: datetime, parts: Iterable[str] | None = None) -> None:
    """Have the connection told of the channel from now on, and of no other of its kind: one event's seats, one order.

    So nobody is told more often than one event's pace allows. Doing it again replaces `parts`. The connection notes
    the channel IF it exists, before it is on it, so that its end finds it. Raises ConnectionEnded.
    """
    try:
        connection = ConnectionItem.get(f"C#{connection_id}", CONNECTION, consistent_read=True)
        others = {other for other in connection.channels or () if _kind(other) == _kind(channel)} - {channel}
        connection.update([ConnectionItem.channels.add({channel})], condition=ConnectionItem.pk.exists())
    except ConnectionItem.DoesNotExist as error:
        raise ConnectionEnded from error
    except UpdateError as error:
        if error.cause_response_code != REFUSED:
            raise
        raise ConnectionEnded from error
    wanted = set(parts) if parts is not None else None
    ListenerItem(f"L#{channel}", connection_id, parts=wanted, expires=now + LIVES_MAX).save()
    for other in others:
        ListenerItem(f"L#{other}", connection_id).delete()
    if others:
        connection.update([ConnectionItem.channels.delete(others)])


def _kind(channel: str) -> str:
    return channel.partition("#")[0]


def anybody(channel: str) -> bool:
    """Whether the channel has a listener at all."""
    return any(True for _ in ListenerItem.query(f"L#{channel}", limit=1, consistent_read=True))


def listeners(channel: str, limit: int) -> list[Listener]:
    """At most so many of those who listen."""
    return [
        Listener(channel, item.sk, frozenset(item.parts) if item.parts is not None else None)
        for item in ListenerItem.query(f"L#{channel}", limit=limit, consistent_read=True)
    ]


def forget(listener: Listener) -> None:
    """A connection that is gone listens to nothing."""
    ListenerItem(f"L#{listener.channel}", listener.connection_id).delete()
