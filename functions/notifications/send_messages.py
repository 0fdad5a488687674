"""New items of the outboxes of orders and payments, as their streams bring them: each is told to the buyer.

What cannot be told now goes to a queue and is tried again from there, so that nobody waits behind it.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)

from kit import clock
from kit.telemetry import log, metrics
from notifications import outbox, telling


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Answers that nothing has to be brought again; raises if even the queue does not take what failed."""
    records = BatchProcessor(
        event_type=EventType.DynamoDBStreams,
        raise_on_entire_batch_failure=False,
        logger=log,  # type: ignore[arg-type]
    )
    process_partial_response(event, _tell, records, context)
    for failed in records.fail_messages:
        outbox.postpone(_image(failed))  # type: ignore[arg-type]
    return {"batchItemFailures": []}


def _tell(record: DynamoDBRecord) -> None:
    if record.event_name == DynamoDBRecordEventName.INSERT:
        message = outbox.read(_image(record))
        log.append_keys(order_id=message.order_id, letter=message.message)
        telling.send_message(message, clock.now())


def _image(record: DynamoDBRecord) -> dict[str, Any]:
    return dict((record.dynamodb and record.dynamodb.new_image) or {})
