"""What could not be told is tried again; after five times it is for a person, in the dead-letter queue."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from kit import clock
from kit.telemetry import log, metrics
from notifications import outbox, telling


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Answers which messages failed: each comes back alone."""
    records = BatchProcessor(
        event_type=EventType.SQS,
        raise_on_entire_batch_failure=False,
        logger=log,  # type: ignore[arg-type]
    )
    return process_partial_response(event, _tell, records, context)


def _tell(record: SQSRecord) -> None:
    message = outbox.read(json.loads(record.body))
    log.append_keys(order_id=message.order_id, letter=message.message)
    telling.send_message(message, clock.now())
