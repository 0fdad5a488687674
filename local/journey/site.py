"""Calls to a running Boxoffice, each timed under the name of its step."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=20)
ATTEMPTS = 6
RETRY_AFTER_SECONDS_MAX = 5.0
BUSY = (429, 503)


class Refused(Exception):
    """An answer other than success: its status and the last part of its problem's type."""

    def __init__(self, step: str, status: int, word: str) -> None:
        super().__init__(f"{step}: {status} {word}")
        self.status, self.word = status, word


@dataclass
class Timings:
    """Seconds that calls took, by step."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, step: str, seconds: float) -> None:
        self.seconds[step].append(seconds)


class Site:
    """One deployment, as its /config.json describes it."""

    def __init__(self, address: str, http: aiohttp.ClientSession, config: dict[str, Any]) -> None:
        self.address, self.timings = address, Timings()
        self._http = http
        self._api = address + config["apiBase"] if config["apiBase"].startswith("/") else config["apiBase"]
        self._cognito: dict[str, str] = config["cognito"]
        stripe: dict[str, str] = config["stripe"]
        script = urlsplit(stripe["jsUrl"])
        self._stripe = stripe.get("apiBase") or f"{script.scheme}://{script.netloc}"
        self._publishable_key = stripe["publishableKey"]

    @classmethod
    async def open(cls, address: str, http: aiohttp.ClientSession) -> Site:
        async with http.get(f"{address}/config.json", timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            return cls(address, http, await answer.json())

    async def api(self, step: str, method: str, path: str, **options: Any) -> Any:
        """The JSON an API call answers, or its bytes. Busy answers are obeyed; others raise Refused."""
        return await self._timed(step, method, self._api + path, **options)

    async def chart(self, path: str) -> Any:
        return await self._timed("chart", "GET", self.address + path)

    async def cognito(self, action: str, body: dict[str, Any]) -> Any:
        """A call to the user pool, as the web client makes it."""
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"AWSCognitoIdentityProviderService.{action}",
        }
        document = {"ClientId": self._cognito["clientId"], **body}
        async with self._http.post(
            self._cognito["endpoint"], json=document, headers=headers, timeout=TIMEOUT
        ) as answer:
            told = await answer.json(content_type=None)
            if answer.status != 200:
                raise Refused(action, answer.status, str(told.get("__type", "")).rpartition("#")[2])
            return told

    async def payment_method(self, card: str) -> str:
        """What stripe.js does with a card: only the id of the payment method comes back."""
        form = {
            "type": "card",
            "card[number]": card,
            "card[exp_month]": "12",
            "card[exp_year]": "40",
            "card[cvc]": "123",
        }
        headers = {"authorization": f"Bearer {self._publishable_key}"}
        made = await self._timed("tokenise", "POST", f"{self._stripe}/v1/payment_methods", data=form, headers=headers)
        return str(made["id"])

    async def mail(self, recipient: str) -> Any:
        """What the local mailbox has for this address, newest first."""
        async with self._http.get(
            f"{self.address}/_local/mail.json", params={"to": recipient}, timeout=TIMEOUT
        ) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def _timed(self, step: str, method: str, url: str, **options: Any) -> Any:
        for attempt in range(ATTEMPTS):
            started = time.perf_counter()
            async with self._http.request(method, url, timeout=TIMEOUT, **options) as answer:
                body = await answer.read()
                self.timings.add(step, time.perf_counter() - started)
                is_json = "json" in answer.content_type
                if answer.ok:
                    return await answer.json(content_type=None) if is_json else body
                told = await answer.json(content_type=None) if is_json else {}
                word = str(told.get("type", "")).rpartition("/")[2]
                if answer.status not in BUSY or attempt == ATTEMPTS - 1:
                    raise Refused(step, answer.status, word)
                wait = min(float(answer.headers.get("retry-after", 1)), RETRY_AFTER_SECONDS_MAX)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")
