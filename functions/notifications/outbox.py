"""From an item of an outbox, as its table's stream shows it, to what is to be told; and what has to wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from kit import settings
from kit.money import Money
from notifications.store import Message

PAUSE_SECONDS = 60
NEWS = {"refunded": "order-refunded"}
"""News of a payment that its buyer is told."""


def read(item: Mapping[str, Any]) -> Message:
    """Raises ValueError (msgspec's is one) for what is no message of ours."""
    amount = Money(int(item["amount"]), str(item["currency"])) if item.get("amount") is not None else None
    fields = {
        "orderId": item.get("orderId"),
        "message": item.get("message") or NEWS.get(item.get("news", "")),
        "version": item.get("version", "1"),
        "about": item.get("about") or "",
        "amount": amount,
    }
    return msgspec.convert(fields, Message)


def postpone(item: Mapping[str, Any]) -> None:
    """Into the queue of what could not be told: it is tried again in a minute, and then every three."""
    settings.client("sqs").send_message(
        QueueUrl=settings.env("QUEUE_MESSAGES"), MessageBody=json.dumps(item, default=str), DelaySeconds=PAUSE_SECONDS
    )
