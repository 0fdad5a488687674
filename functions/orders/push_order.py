"""Orders that have moved, as the table's stream brings them: whoever watches one is told where it stands."""

from __future__ import annotations

from typing import Any

import msgspec

import live
from kit.telemetry import metrics
from orders.order import Reason, Status
from orders.watch_order import channel

LISTENERS_MAX = 20
"""The same person's windows."""


class OrderUpdated(
    msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="order.updated", omit_defaults=True
):
    order_id: str
    status: Status
    reason: Reason | None = None


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    for record in event["Records"]:
        push_order(_order(record["dynamodb"]["NewImage"]))
    return {"batchItemFailures": []}


def push_order(order: OrderUpdated) -> None:
    message = msgspec.json.encode(order)
    live.tell([(each, message) for each in live.listeners(channel(order.order_id), LISTENERS_MAX)])


def _order(image: dict[str, Any]) -> OrderUpdated:
    values = {"orderId": image["pk"]["S"].removeprefix("O#"), "status": image["status"]["S"]}
    if "reason" in image:
        values["reason"] = image["reason"]["S"]
    return msgspec.convert(values | {"type": "order.updated"}, OrderUpdated)
