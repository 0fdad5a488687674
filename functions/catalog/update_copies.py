"""The stream of venues: the events there carry a copy, which follows.

The copy is read now, not taken from the record, so that records may come late or twice.
"""

from __future__ import annotations

from typing import Any

from catalog.store import copy_venue, get_venue
from kit.telemetry import log, metrics


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    for venue_id in {record["dynamodb"]["Keys"]["pk"]["S"].partition("#")[2] for record in event["Records"]}:
        log.info("copied", extra={"venueId": venue_id, "events": copy_venue(get_venue(venue_id))})
    return {"batchItemFailures": []}
