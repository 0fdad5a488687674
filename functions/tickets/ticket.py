"""A ticket, its states, and its identity."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from kit import ids
from kit.money import Money

Status = Literal["active", "flagged", "void"]
"""`flagged`: its payment is disputed, and until that is decided it opens no gate."""
COMES_FROM: dict[Status, tuple[Status, ...]] = {
    "active": ("flagged",),
    "flagged": ("active",),
    "void": ("active", "flagged"),
}


class Ticket(msgspec.Struct, frozen=True):
    """The labels are those the seat had when it was sold: they are what hangs above the row."""

    ticket_id: str
    person_id: str
    order_id: str
    event_id: str
    seat_id: str
    section: str
    row: str
    seat: str
    ticket_type_id: str
    face_value: Money
    status: Status
    version: int
    """1 for the buyer, one more for each later holder; a code tells which holder it was made for."""
    issued_at: datetime


def ticket_id_of(order_id: str, seat_id: str) -> str:
    """The same for every try at issuing, so that a second try finds what the first one did."""
    return ids.derived("tkt", order_id, seat_id)
