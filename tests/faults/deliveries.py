"""Messages, records and webhooks: at least once, sometimes twice, in no order, and in the end to the dead letters."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from infra.triggers import Queue, Stream
from infra.wiring import WIRING
from local.stripe_standin.courier import sign
from payments.webhook_event import MEANS, WARNING
from tests.faults.clock import Clock
from tests.faults.machine import Failed

DELIVERIES_MAX = 5
VISIBLE_AGAIN_SECONDS = 60.0
RECORD_AGAIN_SECONDS = 10.0
WEBHOOK_AGAIN_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 14400.0, 28800.0, 43200.0)
"""Three days of Stripe's, in eight tries."""
KINDS = (
    *(*MEANS, WARNING, "refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.created", "charge.dispute.closed"),
)
"""What the webhook endpoint is subscribed to."""
MAP = ("expiries",)
"""Queues that only tell the map, which nobody looks at here."""

Invoke = Callable[[str, str, dict[str, Any]], Any]
Call = Callable[..., tuple[int, Any]]
Item = dict[str, Any]


class Deliveries:
    """`invoke` runs a function, `call` one behind the HTTP API; None of their failures gets past here."""

    def __init__(self, clock: Clock, chance: random.Random, invoke: Invoke, call: Call) -> None:
        self._clock, self._chance, self._invoke, self._call = clock, chance, invoke, call
        self.twice = 0.0
        """How likely each is to come twice."""
        self.dead_letters: list[tuple[str, str]] = []
        self.webhooks: list[tuple[str, int, str]] = []
        """Event, status and outcome of each that was answered."""
        self.held: list[dict[str, Any]] | None = None
        """Events that are kept here until somebody delivers them."""
        self._queues = {
            trigger.name: verb
            for function in WIRING
            for trigger, verb in function.verbs.items()
            if isinstance(trigger, Queue)
        }
        self._streams = [
            (trigger, verb)
            for function in WIRING
            for trigger, verb in function.verbs.items()
            if isinstance(trigger, Stream) and trigger.table in ("orders", "payments")
        ]

    def send(self, queue: str, body: str, delay: float) -> None:
        if queue in self._queues and queue not in MAP:
            for _ in range(self._times()):
                self._clock.after(delay + self._chance.uniform(0, 0.2), lambda: self.receive(queue, [body]))

    def receive(self, queue: str, bodies: list[str], attempt: int = 1) -> list[str]:
        """One batch. Answers what failed and will come again, alone."""
        records = [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
            for number, body in enumerate(bodies)
        ]
        try:
            answer = self._invoke(queue, self._queues[queue], {"Records": records})
            failed = [bodies[int(one["itemIdentifier"])] for one in answer["batchItemFailures"]]
        except Failed:
            failed = bodies
        for body in failed:
            if attempt >= DELIVERIES_MAX:
                self.dead_letters.append((queue, body))
            else:
                self._clock.after(VISIBLE_AGAIN_SECONDS, partial(self.receive, queue, [body], attempt + 1))
        return failed

    def changed(self, table: str, before: Item | None, after: Item | None) -> None:
        """A table's stream brings every change to whoever listens."""
        kind = "INSERT" if before is None else "MODIFY" if after else "REMOVE"
        image = after or before or {}
        for trigger, verb in self._streams:
            if (trigger.table, trigger.kind) == (table, kind) and _is_for(trigger, image):
                record = {"eventName": kind, "dynamodb": {"SequenceNumber": "1", "NewImage": _as_json(image)}}
                for _ in range(self._times()):
                    self._clock.after(self._chance.uniform(0.1, 0.5), partial(self._bring, verb, record, 1))

    def _bring(self, verb: str, record: dict[str, Any], attempt: int) -> None:
        try:
            failed = bool(self._invoke(verb, verb, {"Records": [record]})["batchItemFailures"])
        except Failed:
            failed = True
        if failed and attempt >= DELIVERIES_MAX:
            self.dead_letters.append((verb, json.dumps(record)))
        elif failed:
            self._clock.after(RECORD_AGAIN_SECONDS * attempt, partial(self._bring, verb, record, attempt + 1))

    def publish(self, event: dict[str, Any]) -> None:
        """Stripe has something to tell."""
        if event["type"] not in KINDS:
            return
        if self.held is not None:
            self.held.append(event)
            return
        for _ in range(self._times()):
            self._clock.after(self._chance.uniform(0.1, 2.0), lambda: self.deliver(event))

    def deliver(self, event: dict[str, Any], attempt: int = 0) -> str:
        """Stripe delivers an event, and later again unless it is taken. What became of it this time."""
        body = json.dumps(event).encode()
        headers = {"stripe-signature": sign(body, "whsec_local", int(self._clock.now.timestamp()))}
        try:
            status, answer = self._call(
                "POST /payments/webhook", "payments.receive_webhook", body=body, headers=headers
            )
            outcome = answer["outcome"] if status == 200 else str(status)
            self.webhooks.append((event["id"], status, outcome))
        except Failed as failed:
            status, outcome = 0, failed.error
        if status != 200 and attempt < len(WEBHOOK_AGAIN_SECONDS):
            self._clock.after(WEBHOOK_AGAIN_SECONDS[attempt], lambda: self.deliver(event, attempt + 1))
        return outcome

    def _times(self) -> int:
        return 1 + (self._chance.random() < self.twice)


def _is_for(trigger: Stream, image: Item) -> bool:
    return bool(
        image["pk"]["S"].startswith(trigger.pk_prefix) and image.get("sk", {"S": ""})["S"].startswith(trigger.sk_prefix)
    )


def _as_json(item: Item) -> Item:
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }
