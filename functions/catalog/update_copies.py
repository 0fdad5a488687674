"""The stream of venues and artists: their events carry copies, which follow.

What is copied is read now, not taken from the record, so that records may come late or twice.
"""

from __future__ import annotations

from typing import Any

from catalog.register import get_artist, get_venue
from catalog.store import copy_artist, copy_venue
from kit.telemetry import metrics


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    for partition in {record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]}:
        kind, _, thing_id = partition.partition("#")
        if kind == "VENUE":
            copy_venue(get_venue(thing_id))
        elif kind == "ARTIST":
            copy_artist(thing_id, get_artist(thing_id).name)
    return {"batchItemFailures": []}
