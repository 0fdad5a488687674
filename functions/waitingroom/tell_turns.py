"""Ticks that moved somebody, as the queue brings them: those who listen are told that it is their turn."""

from __future__ import annotations

from typing import Any

import msgspec

from kit.telemetry import metrics
from waitingroom import turns
from waitingroom.turns import Turns


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        turns.tell(msgspec.json.decode(record["body"], type=Turns))
