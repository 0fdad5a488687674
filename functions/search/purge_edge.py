"""New events are findable: have the edge forget its answers of before. Fed by a queue, so that readers come first."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from kit import clock
from kit.settings import client, env, parameter
from kit.telemetry import count, metrics
from search import snapshots
from search.purging import Purge, wait_seconds
from search.snapshots import Outdated

PATHS = ("/api/*",)
"""One path is one half-cent, and what else lies under it lives for seconds."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    purges = [msgspec.json.decode(record["body"], type=Purge) for record in event["Records"]]
    purge_edge(max(purges, key=lambda purge: purge.published_at), clock.now())
    return {"batchItemFailures": []}


def purge_edge(purge: Purge, now: datetime) -> None:
    """Purge, or come again when the budget allows it."""
    last, etag = snapshots.last_purge()
    wait = wait_seconds(purge, last, now)
    if wait is None:
        return
    if wait:
        client("sqs").send_message(
            QueueUrl=env("QUEUE_PURGES"), MessageBody=msgspec.json.encode(purge).decode(), DelaySeconds=wait
        )
        return
    client("cloudfront", 10).create_invalidation(
        DistributionId=parameter("PARAM_DISTRIBUTION"),
        InvalidationBatch={
            "Paths": {"Quantity": len(PATHS), "Items": list(PATHS)},
            "CallerReference": _reference(purge.published_at, now),
        },
    )
    count("EdgePurges")
    with suppress(Outdated):  # another was at it this very moment, which costs one purge too many
        snapshots.record_purge(now, etag)


def _reference(published_at: datetime, now: datetime) -> str:
    return f"{clock.to_ms(published_at)}-{clock.to_ms(now)}"
