"""$disconnect: a connection has ended; what it listened to goes with it."""

from __future__ import annotations

from typing import Any

from live import store


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    store.disconnect(event["requestContext"]["connectionId"])
    return {"statusCode": 200}
