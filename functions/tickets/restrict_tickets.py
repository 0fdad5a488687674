"""News of an order's payment, as the table's stream brings it: whose money went back opens no gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

import inventory
from catalog import get_event
from kit import clock
from kit.telemetry import log, metrics
from orders import Order, get_order, settle_refund
from tickets import store
from tickets.issue_tickets import tickets_of
from tickets.ticket import Status, ticket_id_of

POLICY: dict[str, Status] = {
    "dispute-opened": "flagged",
    "dispute-won": "active",
    "dispute-lost": "void",
    "fraud-warned": "void",
}
"""While a bank decides, a ticket waits; a card whose owner did not buy leaves none."""

SOLD_ON = ("on_sale", "moved")
"""Of an event that is off, the seats say whose orders are to be refunded."""

_records = BatchProcessor(
    event_type=EventType.DynamoDBStreams,
    raise_on_entire_batch_failure=False,
    logger=log,  # type: ignore[arg-type]
)


class News(msgspec.Struct, frozen=True):
    """What payments tells. `left` is what was taken for the order and not given back, in minor units."""

    order_id: str
    news: str
    left: int


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Answers which records failed: the stream brings those again, and after some tries parks them."""
    return process_partial_response(event, _hear, _records, context)


def _hear(record: DynamoDBRecord) -> None:
    image = record.dynamodb and record.dynamodb.new_image
    if image:
        restrict_tickets(News(image["orderId"], image["news"], int(image["left"])), clock.now())


def restrict_tickets(news: News, now: datetime) -> None:
    """Void or flag all tickets of an order, or give them back; once or again with the same outcome.

    A ticket not issued yet is written as it will be, so that issuing it later does not make it valid.
    """
    to: Status | None = POLICY.get(news.news)
    if news.news == "refunded":
        settle_refund(news.order_id, left_minor=news.left, now=now)
        to = "void" if news.left == 0 else None
    if to is None:
        return
    order = get_order(news.order_id)
    if order.status == "failed":
        return
    event = get_event(order.event_id)
    tickets = [msgspec.structs.replace(ticket, status=to) for ticket in tickets_of(order, now)]
    if to != "active":
        store.put_missing(tickets, event.starts_at)
    for ticket in tickets:
        store.restrict(ticket.ticket_id, to)
    if to == "void" and not order.is_open and event.status in SOLD_ON:
        _return_seats(order, now)


def _return_seats(order: Order, now: datetime) -> None:
    """Seats whose ticket is void go back on sale, once or again; one whose ticket stands keeps it.

    Those of a purchase that still runs are `complete_order`'s, those of an event that is off nobody's.
    """
    issued = {ticket_id_of(order.order_id, seat_id): seat_id for seat_id in order.kept_seat_ids}
    void = [issued[ticket_id] for ticket_id, status in store.statuses(issued).items() if status == "void"]
    if void:
        inventory.return_seats(
            inventory.Returned(order.order_id, order.event_id, order.person_id, order.hold_id, void), now
        )
