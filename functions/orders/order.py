"""An order, where it can stand, and what its purchase is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from pricing import Fare

LEASE = timedelta(minutes=15)
"""From acceptance, given once, so that a hold cannot end while money moves; nothing is sold after it."""

Status = Literal["pending", "in_review", "requires_action", "completed", "failed"]
OPEN: tuple[Status, ...] = ("pending", "in_review", "requires_action")
MOVES: dict[Status, tuple[Status, ...]] = {
    "pending": ("in_review", "requires_action", "completed", "failed"),
    "in_review": ("requires_action", "completed", "failed"),
    "requires_action": ("completed", "failed"),
    "completed": (),
    "failed": (),
}
"""Forward only: an order that waited says so until it ends, so that no move is ever taken back."""

Reason = Literal[
    "payment-declined",
    "authentication-required",
    "seats-lost",
    "hold-expired",
    "not-accepted",
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

    @property
    def is_open(self) -> bool:
        """Its purchase has not ended."""
        return self.status in OPEN

    @property
    def seat_ids(self) -> list[str]:
        return [seat.seat_id for seat in self.seats]


def sources(to: Status) -> tuple[Status, ...]:
    """Where an order may come from when it moves to `to`."""
    return tuple(origin for origin, targets in MOVES.items() if to in targets)
