"""A hold: who has which seats of which event until when, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from catalog import Place
from kit import ids
from kit.money import Money
from pricing import Fare

MOMENT = timedelta(milliseconds=1)


class Hold(msgspec.Struct, frozen=True):
    """`until` is `held_until`, or once an order has pinned the hold the deadline of that order."""

    hold_id: str
    person_id: str
    event_id: str
    seat_ids: list[str]
    held_until: datetime
    until: datetime
    since: datetime
    fare: Fare
    key: str
    """A digest of the request's Idempotency-Key, empty without one, so that a repeated request is recognised."""
    asked: str
    """A digest of the request, so that the same key with another body is noticed."""
    order_id: str | None = None
    declined: int = 0
    """So many orders for it failed by their card. The first one gave it the longer lease."""

    def order_deadline(self, extended: datetime) -> datetime:
        """Of the next order for it: extended once; a later order has what is left of the first one's time.

        A millisecond less each, lest rows that are one order's look as they did before, and a release that was sent
        then still gives them back.
        """
        return self.until - MOMENT if self.declined else extended


def end_mark(hold_id: str, now: datetime) -> str:
    """What tells later holds from this one and all that were asked for before it ended."""
    return max(hold_id, ids.new("hld", now))


class HeldSeat(msgspec.Struct, frozen=True, rename="camel"):
    """As printed on a ticket: labels, not ids. In general admission row and seat are empty."""

    seat_id: str
    section: str
    row: str
    seat: str
    category: str
    ticket_type_id: str
    price: Money


class HeldSeats(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the buyer is told. `orderId` once an order is buying these seats."""

    hold_id: str
    event_id: str
    held_until: datetime
    seats: list[HeldSeat]
    fare: Fare
    order_id: str | None = None
    success: bool = msgspec.field(default_factory=lambda: True)


def describe(hold: Hold, places: Mapping[str, Place]) -> HeldSeats:
    """The hold in the words of the chart."""
    seats = [_held_seat(places[line.seat_id], line.ticket_type_id, line.face_value) for line in hold.fare.lines]
    fare = msgspec.structs.replace(hold.fare, expires_at=hold.until)
    return HeldSeats(hold.hold_id, hold.event_id, hold.until, seats, fare, hold.order_id)


def _held_seat(place: Place, ticket_type_id: str, price: Money) -> HeldSeat:
    return HeldSeat(place.seat_id, place.section, place.row, place.seat, place.category, ticket_type_id, price)
