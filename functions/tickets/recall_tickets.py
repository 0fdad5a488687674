"""RecallTickets: the event is off, so all tickets of an order are void and all that is left of its money is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

import orders
import payments
from kit.money import Money
from kit.step import step
from kit.table import Transaction
from orders import Cancellation, Order, OrderUnderWay
from tickets import store
from tickets.ticket import ticket_id_of

VALID = ("active", "flagged")


class Recall(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str


@step
def handler(recall: Recall, now: datetime) -> dict[str, Any]:
    recalled = recall_tickets(recall.order_id, now)
    refund_id = refund_of(recall.order_id, recalled, now) if recalled and recalled.refund.amount else None
    cancellation_id = recalled.cancellation_id if recalled else None
    return {"cancellationId": cancellation_id, "refundId": refund_id, "moneyDue": refund_id is not None}


def recall_tickets(order_id: str, now: datetime) -> Cancellation | None:
    """What is to be carried out for the order, once or again the same; None where nothing is.

    Raises OrderUnderWay: its purchase ends within minutes, ask again; OrderMoved, TicketNotValid: the buyer or a
    gate was faster, ask again.
    """
    order = orders.get_order(order_id)
    if order.is_open:
        raise OrderUnderWay
    begun = [each for each in order.cancellations if each.cause == "event-cancelled"]
    if begun or order.status != "completed":
        return begun[0] if begun else None
    return _decide(order, now)


def refund_of(order_id: str, recalled: Cancellation, now: datetime) -> str | None:
    """The refund to see through; where it was refused, another of what is left now. None where nothing is.

    Raises Moved, RefundTooLarge: somebody else gave money back meanwhile, ask again.
    """
    asked = [each for each in payments.refunds_of(order_id) if each.refund_id.startswith(recalled.cancellation_id)]
    if asked[-1].state != "failed":
        return asked[-1].refund_id
    payment = payments.get_payment(order_id)
    if payment is None or payment.left.amount == 0:
        return None
    again = f"{recalled.cancellation_id}-{len(asked):02}"
    transaction = Transaction()
    payments.request_refund(transaction, payment, again, payment.left, now)
    transaction.commit()
    return again


def _decide(order: Order, now: datetime) -> Cancellation:
    """Tickets whoever holds them, seats, and all that was kept, fees too; together or not at all."""
    payment = payments.get_payment(order.order_id)
    left = payment.left if payment else Money(0, order.fare.currency)
    cancellation = orders.cancellation_of(order, order.kept_seat_ids, left, "event-cancelled", now)
    transaction = Transaction()
    orders.add_cancellation(transaction, order, cancellation, now)
    ticket_ids = [ticket_id_of(order.order_id, seat_id) for seat_id in order.kept_seat_ids]
    for ticket_id, status in store.statuses(ticket_ids).items():
        if status in VALID:
            store.void_as_read(transaction, ticket_id, status)
    if payment and left.amount:
        payments.request_refund(transaction, payment, cancellation.cancellation_id, left, now)
    transaction.commit()
    return cancellation
