"""What giving back tickets of an order comes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

import orders
import payments
from catalog import Event
from kit.errors import NotFound, Problem
from kit.money import Money
from orders import Order
from payments import Payment
from tickets.ticket import ticket_id_of


class OrderDisputed(Problem):
    status, title = 409, "The payment of this order is disputed at the bank, which decides on the money"


class Offer(msgspec.Struct, frozen=True):
    """`free`: because the event is cancelled or moved."""

    refund: Money
    free: bool
    fees_returned: bool
    payment: Payment | None


def chosen_seats(order: Order, ticket_ids: Sequence[str] | None) -> list[str]:
    """The seats of these tickets, or all that are left. Raises NotFound for a ticket of another order."""
    if ticket_ids is None:
        return order.kept_seat_ids
    seats = {ticket_id_of(order.order_id, seat_id): seat_id for seat_id in order.seat_ids}
    if not seats.keys() >= set(ticket_ids):
        raise NotFound
    return [seats[ticket_id] for ticket_id in dict.fromkeys(ticket_ids)]


def offer_for(order: Order, event: Event, seat_ids: Sequence[str], now: datetime) -> Offer:
    """Raises OrderUnderWay, NothingToCancel, CancellationRefused, OrderDisputed."""
    orders.check_open_to(order, seat_ids)
    terms = orders.terms_of(order, event, now)
    if any(dispute.standing in ("open", "lost") for dispute in payments.disputes_of(order.order_id)):
        raise OrderDisputed
    due = orders.refund_due(order, seat_ids, fees_returned=terms.fees_returned)
    payment = payments.get_payment(order.order_id)
    left = payment.left.amount if payment and payment.is_captured else 0
    return Offer(Money(min(due.amount, left), due.currency), terms.free, terms.fees_returned, payment)
