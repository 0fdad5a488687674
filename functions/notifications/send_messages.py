"""New items of the orders' outbox, as the table's stream brings them: each becomes one mail to the buyer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)

from accounts import contact
from catalog import get_event
from kit import clock, settings
from kit.errors import NotFound
from kit.telemetry import count, log, metrics
from notifications import letters, mail, store
from notifications.store import Message
from orders import Status, get_order

TRUE_WHILE: dict[str, Status] = {"order-completed": "completed", "order-failed": "failed"}
"""A message whose order has moved on since would tell something that is not so any more."""

_records = BatchProcessor(
    event_type=EventType.DynamoDBStreams,
    raise_on_entire_batch_failure=False,
    logger=log,  # type: ignore[arg-type]
)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Answers which records failed: the stream brings those again, and after some tries parks them."""
    return process_partial_response(event, _tell, _records, context)


def _tell(record: DynamoDBRecord) -> None:
    image = record.dynamodb and record.dynamodb.new_image
    if record.event_name != DynamoDBRecordEventName.INSERT or not image:
        return
    message = msgspec.convert(image, Message)
    log.append_keys(order_id=message.order_id, letter=message.message)
    send_message(message, clock.now())


def send_message(message: Message, now: datetime) -> None:
    """Send it, unless it was sent or is no longer true.

    Raises MailRefused, MailPostponed, OutcomeUnknown, or whatever left the outcome unknown.
    """
    stands = store.state(message)
    if stands == "refused":
        raise mail.MailRefused
    if stands in ("sent", "suppressed"):
        return
    order = get_order(message.order_id)
    if order.status != TRUE_WHILE[message.message]:
        store.settle(message, "suppressed", now)
        return
    try:
        buyer = contact(order.person_id)
        letter = letters.write(order, get_event(order.event_id), buyer.name, settings.parameter("PARAM_SITE_URL"))
        _hand_over(message, buyer.email, letter, now)
    except (NotFound, mail.MailRefused) as error:
        store.settle(message, "refused", now)
        count("MailsRefused")
        raise mail.MailRefused from error
    store.settle(message, "sent", now)
    count("MailsSent")


def _hand_over(message: Message, address: str, letter: mail.Letter, now: datetime) -> None:
    store.claim(message, now)
    try:
        mail.send(address, letter, message.message)
    except mail.MailPostponed:
        store.give_back(message)
        raise
