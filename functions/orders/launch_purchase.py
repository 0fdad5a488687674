"""From the queue of accepted orders to one execution each. A message that fails comes back alone."""

from __future__ import annotations

from typing import Any

import msgspec
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from inventory import Purchase
from kit.telemetry import metrics
from orders import launching


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, launch_purchase, processor, context)


def launch_purchase(record: SQSRecord) -> None:
    """Start the purchase that a message names, unless it runs already."""
    launching.start(msgspec.json.decode(record.body, type=Purchase))
