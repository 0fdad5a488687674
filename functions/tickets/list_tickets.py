"""GET /tickets: my tickets, those of the latest event first."""

from __future__ import annotations

import msgspec

from catalog import get_event
from kit.http import Call, endpoint
from kit.pages import InvalidCursor, PageQuery, seal, unseal
from tickets import store
from tickets.ticket_view import TicketView, view


class TicketPage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """`next_cursor` is there when tickets of earlier events follow."""

    tickets: list[TicketView]
    next_cursor: str | None = None


@endpoint(raises=(InvalidCursor,))
def handler(call: Call, query: PageQuery) -> TicketPage:
    return list_tickets(call.caller.person_id, query)


def list_tickets(person_id: str, page: PageQuery) -> TicketPage:
    """Strongly consistent: what was just bought is there. Raises InvalidCursor."""
    after = unseal(page.cursor, "tickets", person_id) if page.cursor else None
    tickets, more = store.page_of(person_id, page.limit, after)
    events = {event_id: get_event(event_id) for event_id in {ticket.event_id for ticket in tickets}}
    return TicketPage(
        [view(ticket, events[ticket.event_id]) for ticket in tickets],
        seal(more, "tickets", person_id) if more else None,
    )
