"""Tickets in DynamoDB.

    T#<ticket id>   TICKET                       the ticket: scans and transfers are conditions on this one item
    B#<person id>   E#<starts at>#<ticket id>    in whose list it appears, in the order of the events

A list entry says only where to look; who holds a ticket is said by the ticket alone. So an entry written by a
try that then crashed, or left behind by a late repetition, shows nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.models import Model

from kit import ids
from kit.clock import from_ms, rfc3339, to_ms
from kit.errors import NotFound, Problem
from kit.money import Money
from kit.table import Table, TableMeta, Transaction
from tickets.ticket import COMES_FROM, Status, Ticket

TICKET = "TICKET"
ENTRY = "E#"


class TicketNotValid(Problem):
    """`ticketId` was used, passed on or voided, or its payment is disputed: it cannot be given back."""

    status, title = 409, "This ticket cannot be given back"


class TicketItem(Model):
    class Meta(TableMeta):
        table_name = Table("tickets")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    person_id = UnicodeAttribute(attr_name="personId")
    order_id = UnicodeAttribute(attr_name="orderId")
    event_id = UnicodeAttribute(attr_name="eventId")
    seat_id = UnicodeAttribute(attr_name="seatId")
    section = UnicodeAttribute()
    row = UnicodeAttribute()
    seat = UnicodeAttribute()
    ticket_type_id = UnicodeAttribute(attr_name="ticketTypeId")
    face_value_minor = NumberAttribute(attr_name="faceValueMinor")
    currency = UnicodeAttribute()
    status = UnicodeAttribute()
    version = NumberAttribute()
    issued_ms = NumberAttribute(attr_name="issuedMs")


class EntryItem(Model):
    class Meta(TableMeta):
        table_name = Table("tickets")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


def put_missing(tickets: Sequence[Ticket], starts_at: datetime) -> None:
    """Write those that are not there yet; what is there stays as it is, whatever became of it since."""
    with EntryItem.batch_write() as batch:
        for ticket in tickets:
            batch.save(EntryItem(_list(ticket.person_id), f"{ENTRY}{rfc3339(starts_at)}#{ticket.ticket_id}"))
    for ticket in tickets:
        try:
            _item(ticket).save(condition=TicketItem.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise


def restrict(ticket_id: str, to: Status) -> None:
    """Change where a ticket stands IF it may come from where it is; otherwise it stays."""
    try:
        TicketItem(_key(ticket_id), TICKET).update(
            [TicketItem.status.set(to)], condition=TicketItem.status.is_in(*COMES_FROM[to])
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def void_held(transaction: Transaction, ticket_id: str, person_id: str) -> None:
    """Add to a transaction: the ticket opens no gate any more IF it does now and this person holds it.

    On commit, raises TicketNotValid.
    """
    transaction.update(
        TicketItem(_key(ticket_id), TICKET),
        [TicketItem.status.set("void")],
        condition=(TicketItem.status == "active") & (TicketItem.person_id == person_id),
        refused=TicketNotValid(ticketId=ticket_id),
    )


def void_as_read(transaction: Transaction, ticket_id: str, status: Status) -> None:
    """Add to a transaction: the ticket opens no gate any more, whoever holds it, IF it stands as read.

    On commit, raises TicketNotValid.
    """
    transaction.update(
        TicketItem(_key(ticket_id), TICKET),
        [TicketItem.status.set("void")],
        condition=TicketItem.status == status,
        refused=TicketNotValid(ticketId=ticket_id),
    )


def statuses(ticket_ids: Iterable[str]) -> dict[str, Status]:
    """How those of these tickets stand that were issued, strongly consistent."""
    items = TicketItem.batch_get([(_key(ticket_id), TICKET) for ticket_id in ticket_ids], consistent_read=True)
    return {item.pk.partition("#")[2]: cast(Status, item.status) for item in items}


def find(ticket_ids: Iterable[str], person_id: str) -> list[Ticket]:
    """Those of these tickets that this person holds, in the order asked for."""
    asked = list(ticket_ids)
    items = TicketItem.batch_get([(_key(ticket_id), TICKET) for ticket_id in asked], consistent_read=True)
    held = {ticket.ticket_id: ticket for ticket in map(_ticket, items) if ticket.person_id == person_id}
    return [held[ticket_id] for ticket_id in asked if ticket_id in held]


def get(ticket_id: str, person_id: str) -> Ticket:
    """A ticket this person holds. Raises NotFound."""
    if not ids.is_one("tkt", ticket_id):
        raise NotFound
    try:
        ticket = _ticket(TicketItem.get(_key(ticket_id), TICKET, consistent_read=True))
    except TicketItem.DoesNotExist as error:
        raise NotFound from error
    if ticket.person_id != person_id:
        raise NotFound
    return ticket


def page_of(person_id: str, limit: int, after: str | None) -> tuple[list[Ticket], str | None]:
    """A person's tickets, those of the latest event first, and the position to go on from."""
    entries = list(
        EntryItem.query(
            _list(person_id),
            EntryItem.sk < after if after else None,
            scan_index_forward=False,
            limit=limit + 1,
            consistent_read=True,
        )
    )
    shown = entries[:limit]
    tickets = find((entry.sk.rpartition("#")[2] for entry in shown), person_id)
    return tickets, shown[-1].sk if len(entries) > limit else None


def _key(ticket_id: str) -> str:
    return f"T#{ticket_id}"


def _list(person_id: str) -> str:
    return f"B#{person_id}"


def _item(ticket: Ticket) -> TicketItem:
    return TicketItem(
        pk=_key(ticket.ticket_id),
        sk=TICKET,
        person_id=ticket.person_id,
        order_id=ticket.order_id,
        event_id=ticket.event_id,
        seat_id=ticket.seat_id,
        section=ticket.section,
        row=ticket.row,
        seat=ticket.seat,
        ticket_type_id=ticket.ticket_type_id,
        face_value_minor=ticket.face_value.amount,
        currency=ticket.face_value.currency,
        status=ticket.status,
        version=ticket.version,
        issued_ms=to_ms(ticket.issued_at),
    )


def _ticket(item: TicketItem) -> Ticket:
    return Ticket(
        ticket_id=item.pk.partition("#")[2],
        person_id=item.person_id,
        order_id=item.order_id,
        event_id=item.event_id,
        seat_id=item.seat_id,
        section=item.section,
        row=item.row,
        seat=item.seat,
        ticket_type_id=item.ticket_type_id,
        face_value=Money(int(item.face_value_minor), item.currency),
        status=cast(Status, item.status),
        version=int(item.version),
        issued_at=from_ms(int(item.issued_ms)),
    )
