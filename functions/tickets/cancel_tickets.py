"""POST /orders/{orderId}/cancel: a buyer gives tickets back, all of an order or some."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

import orders
import payments
from catalog import get_event
from kit.errors import Busy, NotFound, Problem
from kit.http import Call, endpoint
from kit.money import Money
from kit.table import Transaction
from kit.telemetry import count, log
from orders import CancellationRefused, NothingToCancel, Order, OrderMoved, OrderUnderWay
from payments import RefundTooLarge
from tickets import store
from tickets.giving_back import OrderDisputed, chosen_seats, offer_for
from tickets.store import TicketNotValid
from tickets.ticket import ticket_id_of

TRIES = 3


class RefundMismatch(Problem):
    """`refund` is what is paid back for these tickets now."""

    status, title = 422, "That is not what is paid back for these tickets"


class CancellationRequest(msgspec.Struct, frozen=True, rename="camel"):
    """Without `ticketIds`: all that is left of the order. `expectedRefund` is what the buyer was shown."""

    ticket_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=50)] | None = None
    expected_refund: Money | None = None


@endpoint(
    status=202,
    raises=(
        NotFound,
        OrderUnderWay,
        NothingToCancel,
        CancellationRefused,
        OrderDisputed,
        TicketNotValid,
        RefundMismatch,
        RefundTooLarge,
        Busy,
    ),
)
def handler(call: Call, body: CancellationRequest) -> Order:
    """The tickets open no gate from now on; seats and money follow. Poll the order to see it through."""
    return cancel_tickets(call.path["orderId"], call.caller.person_id, body, call.now)


def cancel_tickets(order_id: str, person_id: str, wanted: CancellationRequest, now: datetime) -> Order:
    """Tickets voided, seats marked and refund requested together or not at all; so a scan or a transfer that
    comes first wins, and of two cancellations of a ticket one. What else changed the order meanwhile is read anew."""
    for _ in range(TRIES):
        with suppress(OrderMoved):
            return _cancel(order_id, person_id, wanted, now)
    raise Busy


def _cancel(order_id: str, person_id: str, wanted: CancellationRequest, now: datetime) -> Order:
    """Raises OrderMoved."""
    order = orders.get_order(order_id)
    if order.person_id != person_id:
        raise NotFound
    seat_ids = chosen_seats(order, wanted.ticket_ids)
    offer = offer_for(order, get_event(order.event_id), seat_ids, now)
    if wanted.expected_refund not in (None, offer.refund):
        raise RefundMismatch(refund=msgspec.to_builtins(offer.refund))
    cancellation = orders.cancellation_of(order, seat_ids, offer.refund, "buyer", now)
    transaction = Transaction()
    orders.add_cancellation(transaction, order, cancellation, now)
    for seat_id in seat_ids:
        store.void_held(transaction, ticket_id_of(order_id, seat_id), person_id)
    if offer.payment and offer.refund.amount:
        payments.request_refund(transaction, offer.payment, cancellation.cancellation_id, offer.refund, now)
    transaction.commit()
    order = orders.get_order(order_id)
    try:
        orders.carry_out(order, cancellation)
    except (BotoCoreError, ClientError):
        log.exception("not begun")  # decided all the same: the sweeper begins it
        count("CancellationsUnsent")
    return order
