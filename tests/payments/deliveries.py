"""What the webhook tests say in one word."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from local.stripe_standin import StripeStandIn
from local.stripe_standin.courier import sign
from payments import receive_webhook
from tests import harness

SECRET = "whsec_local"
NOW = datetime(2030, 6, 1, 20, 5, tzinfo=UTC)


def post(body: str | bytes, signature: str | None = None, now: datetime = NOW) -> tuple[int, Any]:
    raw = body.encode() if isinstance(body, str) else body
    header = sign(raw, SECRET, int(now.timestamp())) if signature is None else signature
    headers = {"Stripe-Signature": header, "Content-Type": "application/json; charset=utf-8"}
    status, answer, _ = harness.call(
        receive_webhook, body=body, headers=headers, now=now, route="POST /payments/webhook"
    )
    return status, answer


def deliver(event: dict[str, Any], **changes: Any) -> str:
    """What became of an event; `changes` replace its attributes."""
    status, answer = post(json.dumps({**event, **changes}, indent=2))
    assert status == 200
    return str(answer["outcome"])


def sent(stand_in: StripeStandIn, order_id: str, kind: str) -> dict[str, Any]:
    """The event of this type that Stripe has for the order's intent."""
    [event] = [
        event
        for event in stand_in.ask("state")["events"]
        if event["type"] == f"payment_intent.{kind}" and event["data"]["object"]["metadata"].get("order_id") == order_id
    ]
    return dict(event)


def all_sent(stand_in: StripeStandIn, prefix: str) -> list[dict[str, Any]]:
    """The events whose type begins so, in the order Stripe made them."""
    return [event for event in stand_in.ask("state")["events"] if event["type"].startswith(prefix)]
