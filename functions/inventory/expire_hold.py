"""A lease-end message: the lease is over, so its seats go back to the map.

Comes at least once, perhaps early. Early, it is sent again; late or twice, it finds the seats moved on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from inventory import leases, rows
from inventory.leases import LeaseEnd
from inventory.seats import free_since, parse_all
from kit import clock
from kit.telemetry import metrics

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    now = clock.now()
    return dict(
        process_partial_response(
            event=event,
            record_handler=lambda record: _receive(record, now),
            processor=_processor,
            context=context,
        )
    )


def expire_hold(end: LeaseEnd, now: datetime) -> None:
    """Free those of the seats that still hold this very lease. Raises Unanswered."""
    if now <= end.until:
        leases.announce([end], now)
        return
    rows.release(end.event_id, parse_all(end.seat_ids), end.hold_id, end.until, free_since(end.hold_id, end.until))


def _receive(record: SQSRecord, now: datetime) -> None:
    expire_hold(msgspec.json.decode(record.body, type=LeaseEnd), now)
