"""GET /orders/{orderId}/cancellation: what is paid back if these tickets are given back now."""

from __future__ import annotations

from datetime import datetime

import msgspec

import orders
from catalog import get_event
from kit.errors import NotFound
from kit.http import Call, endpoint
from kit.money import Money
from orders import CancellationRefused, NothingToCancel, OrderUnderWay
from tickets.giving_back import OrderDisputed, chosen_seats, offer_for
from tickets.ticket import ticket_id_of


class QuoteQuery(msgspec.Struct, frozen=True, rename="camel"):
    """`ticketIds`: separated by commas; without, all that is left of the order."""

    ticket_ids: str | None = None


class CancellationQuote(msgspec.Struct, frozen=True, rename="camel"):
    """`free`: because the event is cancelled or moved. `feesReturned`: `refund` has its share of the fees."""

    ticket_ids: list[str]
    refund: Money
    fees_returned: bool
    free: bool


@endpoint(raises=(NotFound, OrderUnderWay, NothingToCancel, CancellationRefused, OrderDisputed))
def handler(call: Call, query: QuoteQuery) -> CancellationQuote:
    ticket_ids = query.ticket_ids.split(",") if query.ticket_ids else None
    return quote_cancellation(call.path["orderId"], call.caller.person_id, ticket_ids, call.now)


def quote_cancellation(order_id: str, person_id: str, ticket_ids: list[str] | None, now: datetime) -> CancellationQuote:
    """Raises NotFound, also for somebody else's, and whatever the cancellation itself would be refused with."""
    order = orders.get_order(order_id)
    if order.person_id != person_id:
        raise NotFound
    seat_ids = chosen_seats(order, ticket_ids)
    offer = offer_for(order, get_event(order.event_id), seat_ids, now)
    return CancellationQuote(
        [ticket_id_of(order_id, seat_id) for seat_id in seat_ids], offer.refund, offer.fees_returned, offer.free
    )
