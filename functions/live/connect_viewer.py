"""$connect: a viewer opens a connection with a ticket, through the edge, or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit import clock
from kit.errors import Problem
from kit.http import only_through_the_edge
from kit.telemetry import count, metrics
from live import store


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    query = event.get("queryStringParameters") or {}
    try:
        only_through_the_edge({name.lower(): value for name, value in event["headers"].items()})
        connect_viewer(event["requestContext"]["connectionId"], query.get("ticket", ""), clock.now())
    except Problem as problem:
        count(type(problem).__name__)
        return {"statusCode": problem.status}
    return {"statusCode": 200}


def connect_viewer(connection_id: str, ticket: str, now: datetime) -> None:
    """Raises InvalidTicket."""
    store.connect(connection_id, store.use_ticket(ticket, now), now)
