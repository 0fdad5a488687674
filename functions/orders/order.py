"""An order, where it can stand, and what its purchase is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, Protocol

import msgspec

from kit.money import Money
from pricing import Fare

LEASE = timedelta(minutes=15)
"""From acceptance, given once, so that a hold cannot end while money moves; nothing is sold after it."""

Status = Literal["pending", "in_review", "requires_action", "completed", "failed", "cancelled", "refunded"]
"""`cancelled`: all its tickets were given back, and the money is on its way. `refunded`: it has arrived."""
OPEN: tuple[Status, ...] = ("pending", "in_review", "requires_action")
MOVES: dict[Status, tuple[Status, ...]] = {
    "pending": ("in_review", "requires_action", "completed", "failed"),
    "in_review": ("requires_action", "completed", "failed"),
    "requires_action": ("completed", "failed"),
    "completed": ("cancelled", "refunded"),
    "failed": (),
    "cancelled": ("refunded",),
    "refunded": (),
}
"""Forward only: an order that waited says so until it ends, so that no move is ever taken back."""

Reason = Literal[
    "payment-declined",
    "authentication-required",
    "seats-lost",
    "hold-expired",
    "not-accepted",
    "event-cancelled",
    "event-moved",
    "technical",
]
"""Why an order failed, in a word for the buyer's client."""

Message = Literal[
    "order-completed",
    "order-failed",
    "action-needed",
    "review-waiting",
    "order-refunded",
    "order-cancelled",
    "event-cancelled",
    "event-moved",
]
"""What the buyer is told, by the name of its template."""


class Delivery(msgspec.Struct, frozen=True, rename="camel"):
    """How the tickets go to the buyer: `mobile` keeps them in the account, `email` also sends them."""

    method: Literal["mobile", "email"] = "mobile"


class OrderedSeat(msgspec.Struct, frozen=True, rename="camel"):
    """A seat with the labels it has in the house."""

    seat_id: str
    section: str
    row: str
    seat: str
    ticket_type_id: str


Cause = Literal["buyer", "event-cancelled"]


class Cancellation(msgspec.Struct, frozen=True, rename="camel"):
    """Seats of an order given back, and what is paid back for them. `closed`: all that follows was done."""

    cancellation_id: str
    seat_ids: list[str]
    refund: Money
    cause: Cause
    cancelled_at: datetime
    closed: bool = False


class Named(Protocol):
    """An order as far as its name and its buyer's go: enough to move it, without having read it."""

    @property
    def order_id(self) -> str: ...

    @property
    def person_id(self) -> str: ...


class Order(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """`fare.total` is what the card is asked for. `reason` is there when `status` is `failed`."""

    order_id: str
    person_id: str
    event_id: str
    hold_id: str
    status: Status
    seats: list[OrderedSeat]
    fare: Fare
    delivery: Delivery
    created_at: datetime
    updated_at: datetime
    lease_ends_at: datetime
    reason: Reason | None = None
    decline_code: str | None = None
    """The card issuer's word, such as `insufficient_funds`, when the reason is `payment-declined`."""
    cancellations: list[Cancellation] = []

    @property
    def is_open(self) -> bool:
        """Its purchase has not ended."""
        return self.status in OPEN

    @property
    def seat_ids(self) -> list[str]:
        return [seat.seat_id for seat in self.seats]

    @property
    def cancelled_seat_ids(self) -> list[str]:
        return [seat_id for each in self.cancellations for seat_id in each.seat_ids]

    @property
    def kept_seat_ids(self) -> list[str]:
        """Those not given back."""
        gone = set(self.cancelled_seat_ids)
        return [seat_id for seat_id in self.seat_ids if seat_id not in gone]


def sources(to: Status) -> tuple[Status, ...]:
    """Where an order may come from when it moves to `to`."""
    return tuple(origin for origin, targets in MOVES.items() if to in targets)
