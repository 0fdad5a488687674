"""Webhook deliveries: signed as Stripe signs, retried; late, doubled, lost or disordered on demand."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any

import aiohttp

from .errors import Json, invalid

_RETRY_SECONDS = (0.2, 0.5, 1, 2, 4, 8, 16, 32)  # Stripe's three days, compressed
SAID_MAX = 200
_POLICY = frozenset({"url", "secret", "delay", "copies", "held", "drop_next"})


def sign(payload: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header of a payload sent at a Unix time."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


class Courier:
    def __init__(self, url: str | None, secret: str, types: frozenset[str] = frozenset()) -> None:
        """Events of these `types` go to `url`, as an endpoint at Stripe is set up for; all if none is named."""
        self.url = url
        self.types = types
        self.secret = secret
        self.delay = 0.0
        self.copies = 1
        self.held = False  # collect instead of sending, until released
        self.drop_next = 0
        self.deliveries: list[Json] = []
        self._waiting: list[Json] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def set_policy(self, policy: Json) -> None:
        if unknown := set(policy) - _POLICY:
            raise invalid(f"Unknown webhook settings: {', '.join(sorted(unknown))}")
        for name, value in policy.items():
            setattr(self, name, value)

    def publish(self, event: Json) -> None:
        if self.url is None or (self.types and event["type"] not in self.types):
            return
        if self.drop_next:
            self.drop_next -= 1
            self._record(event, attempt=0, outcome="dropped")
        elif self.held:
            self._waiting.append(event)
        else:
            for _ in range(self.copies):
                self._start(self._send(event, self.delay))

    async def release(self, order: Any = "kept") -> int:
        """Deliver what was held, one after another: `kept`, `reversed`, or a list of event ids."""
        events, self._waiting = self._waiting, []
        if order == "reversed":
            events.reverse()
        elif order != "kept":
            events.sort(key=lambda event: order.index(event["id"]) if event["id"] in order else len(order))
        for event in events:
            for _ in range(self.copies):
                await self._send(event, 0)
        return len(events)

    def resend(self, event: Json) -> None:
        self._start(self._send(event, 0))

    def forget(self) -> None:
        self.deliveries.clear()
        self._waiting.clear()
        for task in self._tasks:
            task.cancel()
        self.set_policy({"delay": 0.0, "copies": 1, "held": False, "drop_next": 0})

    async def close(self) -> None:
        self.forget()
        if self._session:
            await self._session.close()

    def _start(self, sending: Any) -> None:
        task = asyncio.get_running_loop().create_task(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, event: Json, delay: float) -> None:
        await asyncio.sleep(delay)
        for attempt, pause in enumerate((*_RETRY_SECONDS, 0), start=1):
            if await self._post(event, attempt):
                return
            await asyncio.sleep(pause)

    async def _post(self, event: Json, attempt: int) -> bool:
        assert self.url
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))
        payload = json.dumps(event, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, self.secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            async with self._session.post(self.url, data=payload, headers=headers) as answer:
                said = (await answer.text())[:SAID_MAX]
                outcome: int | str = answer.status
        except (aiohttp.ClientError, TimeoutError) as broken:
            outcome, said = type(broken).__name__, ""
        self._record(event, attempt=attempt, outcome=outcome, said=said)
        return isinstance(outcome, int) and 200 <= outcome < 300

    def _record(self, event: Json, *, attempt: int, outcome: int | str, said: str = "") -> None:
        told = {"attempt": attempt, "outcome": outcome, "said": said}
        self.deliveries.append({"event": event["id"], "type": event["type"], **told})
