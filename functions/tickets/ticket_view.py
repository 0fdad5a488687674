"""A ticket as its holder sees it: with the event it is for, as the catalogue has it now."""

from __future__ import annotations

from datetime import datetime

import msgspec

from catalog import Event
from kit.money import Money
from tickets import codes, keys
from tickets.codes import Statement, TicketClass
from tickets.ticket import Status, Ticket


class TicketView(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """`startsAt` and `doorsAt` are instants; `timezone` is the venue's, to show them in."""

    ticket_id: str
    order_id: str
    event_id: str
    status: Status
    section: str
    row: str
    seat: str
    ticket_type: str
    face_value: Money
    issued_at: datetime
    event_name: str
    event_status: str
    image_url: str | None
    venue_name: str
    city: str
    timezone: str
    starts_at: datetime
    doors_at: datetime


class TicketWithCode(TicketView, frozen=True, rename="camel", kw_only=True):
    """`code` is the text of the QR code; a ticket that is not active has none."""

    code: str | None


def view(ticket: Ticket, event: Event) -> TicketView:
    """The ticket beside its event."""
    types = {kind.id: kind.label for kind in event.pricing.ticket_types}
    return TicketView(
        ticket_id=ticket.ticket_id,
        order_id=ticket.order_id,
        event_id=ticket.event_id,
        status=ticket.status,
        section=ticket.section,
        row=ticket.row,
        seat=ticket.seat,
        ticket_type=types.get(ticket.ticket_type_id, ticket.ticket_type_id),
        face_value=ticket.face_value,
        issued_at=ticket.issued_at,
        event_name=event.name,
        event_status=event.status,
        image_url=event.image_url,
        venue_name=event.venue.name,
        city=event.venue.city,
        timezone=event.venue.timezone,
        starts_at=event.starts_at,
        doors_at=event.doors_at,
    )


def view_with_code(ticket: Ticket, event: Event) -> TicketWithCode:
    """The same, with the code that opens the gate."""
    code = paper_code(ticket) if ticket.status == "active" else None
    return TicketWithCode(**msgspec.structs.asdict(view(ticket, event)), code=code)


def paper_code(ticket: Ticket) -> str:
    """A fixed code, marked as such to the gate: anybody who has a copy of it has the code."""
    statement = Statement(
        ticket_class=TicketClass.PAPER,
        ticket_id=ticket.ticket_id,
        event_id=ticket.event_id,
        seat_id=ticket.seat_id,
        version=ticket.version,
        issued_at=ticket.issued_at,
    )
    return codes.sign(statement, *keys.signing_key())
