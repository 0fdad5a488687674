"""News of an order's payment, as the table's stream brings it: whose money went back opens no gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from catalog import get_event
from kit import clock
from kit.telemetry import log, metrics
from orders import get_order, settle_refund
from tickets import store
from tickets.issue_tickets import tickets_of
from tickets.ticket import Status

POLICY: dict[str, Status] = {
    "dispute-opened": "flagged",
    "dispute-won": "active",
    "dispute-lost": "void",
    "fraud-warned": "void",
}
"""While a bank decides, a ticket waits; a card whose owner did not buy leaves none."""

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
    tickets = [msgspec.structs.replace(ticket, status=to) for ticket in tickets_of(order, now)]
    if to != "active":
        store.put_missing(tickets, get_event(order.event_id).starts_at)
    for ticket in tickets:
        store.restrict(ticket.ticket_id, to)
