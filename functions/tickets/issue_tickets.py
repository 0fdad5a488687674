"""IssueTickets: the money is captured and the seats are sold; now every seat becomes a ticket."""

from __future__ import annotations

from datetime import datetime

import msgspec

import payments
from catalog import get_event
from kit.errors import Problem
from kit.step import step
from orders import Order, get_order
from tickets import store
from tickets.ticket import Ticket, ticket_id_of


class OrderEnded(Problem):
    """The order has failed: nothing is owed for it."""

    status, title = 409, "This order has ended without a sale"


class Issue(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str


@step
def handler(issue: Issue, now: datetime) -> dict[str, list[str]]:
    return {"ticketIds": issue_tickets(issue.order_id, now)}


def issue_tickets(order_id: str, now: datetime) -> list[str]:
    """One ticket a seat, once or again with the same outcome; a second try fills only the gaps.

    Where the money went back before, they are void from the start: news of a refund may come later than this.
    Nothing is rendered here, so no name and no font can stand in the way of a ticket. Raises OrderEnded.
    """
    order = get_order(order_id)
    if order.status == "failed":
        raise OrderEnded
    tickets = tickets_of(order, now)
    payment = payments.get_payment(order_id)
    if payment and payment.went_back:
        tickets = [msgspec.structs.replace(ticket, status="void") for ticket in tickets]
    store.put_missing(tickets, get_event(order.event_id).starts_at)
    return [ticket.ticket_id for ticket in tickets]


def tickets_of(order: Order, now: datetime) -> list[Ticket]:
    """One ticket a seat, as its buyer gets it."""
    face_values = {line.seat_id: line.face_value for line in order.fare.lines}
    return [
        Ticket(
            ticket_id=ticket_id_of(order.order_id, seat.seat_id),
            person_id=order.person_id,
            order_id=order.order_id,
            event_id=order.event_id,
            seat_id=seat.seat_id,
            section=seat.section,
            row=seat.row,
            seat=seat.seat,
            ticket_type_id=seat.ticket_type_id,
            face_value=face_values[seat.seat_id],
            status="active",
            version=1,
            issued_at=now,
        )
        for seat in order.seats
    ]
