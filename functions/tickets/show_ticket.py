"""GET /tickets/{ticketId}: one ticket of mine, with the code that opens the gate."""

from __future__ import annotations

from catalog import get_event
from kit.errors import NotFound
from kit.http import Call, endpoint
from tickets import store
from tickets.ticket_view import TicketWithCode, view_with_code


@endpoint(raises=(NotFound,))
def handler(call: Call) -> TicketWithCode:
    return show_ticket(call.path["ticketId"], call.caller.person_id)


def show_ticket(ticket_id: str, person_id: str) -> TicketWithCode:
    """Raises NotFound, also for somebody else's."""
    ticket = store.get(ticket_id, person_id)
    return view_with_code(ticket, get_event(ticket.event_id))
