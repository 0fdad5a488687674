"""POST /live/tickets: what opens one connection, since browsers send no headers with a WebSocket."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import msgspec

from kit.auth import ANYBODY, Person
from kit.http import Call, endpoint
from live import store

LASTS = timedelta(seconds=30)


class LiveTicket(msgspec.Struct, frozen=True, rename="camel"):
    """Opens `wss://…/live?ticket=…` once, until then. Made by a signed-in person, it opens theirs."""

    ticket: str
    expires_at: datetime


@endpoint(callers=ANYBODY, status=201)
def handler(call: Call) -> LiveTicket:
    return issue_ticket(call.person, secrets.token_urlsafe(24), call.now)


def issue_ticket(person: Person | None, ticket: str, now: datetime) -> LiveTicket:
    issued = LiveTicket(ticket, now + LASTS)
    store.put_ticket(ticket, person.person_id if person else None, issued.expires_at)
    return issued
