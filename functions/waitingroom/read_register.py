"""A bucket of the register that a tick handed out, as the queue brings it: read for the draw."""

from __future__ import annotations

from typing import Any

import msgspec

from kit import clock
from kit.telemetry import metrics
from waitingroom import reading
from waitingroom.reading import Bucket


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        reading.read_handed_out(msgspec.json.decode(record["body"], type=Bucket), clock.now())
