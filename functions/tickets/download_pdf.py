"""GET /tickets/{ticketId}/pdf: the ticket on paper; `?scope=order` adds the others of the same order."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from accounts import display_name
from catalog import get_event
from kit.errors import NotFound, Problem
from kit.http import Answer, Call, endpoint
from orders import get_order
from tickets import paper, store
from tickets.ticket import Ticket, ticket_id_of
from tickets.ticket_view import paper_code, view


class TicketVoid(Problem):
    status, title = 409, "This ticket is not valid any more"


class PdfQuery(msgspec.Struct, frozen=True):
    """`ticket` is this one alone; `order` is every valid ticket of its order that I still hold."""

    scope: Literal["ticket", "order"] = "ticket"


@endpoint(raises=(NotFound, TicketVoid))
def handler(call: Call, query: PdfQuery) -> Answer:
    return download_pdf(call.path["ticketId"], query.scope, call.caller.person_id)


def download_pdf(ticket_id: str, scope: Literal["ticket", "order"], person_id: str) -> Answer:
    """Raises NotFound, also for somebody else's, and TicketVoid when none is left to print."""
    ticket = store.get(ticket_id, person_id)
    wanted = _of_same_order(ticket) if scope == "order" else [ticket]
    active = [each for each in wanted if each.status == "active"]
    if not active:
        raise TicketVoid
    event, holder = get_event(ticket.event_id), display_name(person_id)
    pages = [paper.Page(view(printed, event), paper_code(printed), holder) for printed in active]
    return Answer(
        paper.render(pages),
        "application/pdf",
        headers={"content-disposition": f'attachment; filename="{_filename(event.name, active)}"'},
    )


def _of_same_order(ticket: Ticket) -> list[Ticket]:
    seat_ids = get_order(ticket.order_id).seat_ids
    return store.find((ticket_id_of(ticket.order_id, seat_id) for seat_id in seat_ids), ticket.person_id)


def _filename(event_name: str, tickets: list[Ticket]) -> str:
    """Latin letters and digits only, since headers carry no others safely."""
    first = tickets[0]
    place = [first.section, first.row, first.seat] if len(tickets) == 1 else [f"{len(tickets)} tickets"]
    words = re.findall("[A-Za-z0-9]+", " ".join([event_name[:60], *place]))
    return "-".join(words or ["ticket"]).lower() + ".pdf"
