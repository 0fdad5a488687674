"""The Stripe stand-in inside this process: its book, its keys and its faults, without its HTTP server."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from local.stripe_standin.server import StandIn

Json = dict[str, Any]
Publish = Callable[[Json], None]


class _Courier:
    """Hands every event on; the book forgets it, since ten thousand orders make a hundred thousand."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self.stand_in: StandIn | None = None
        self.deliveries: list[Json] = []

    def publish(self, event: Json) -> None:
        if self.stand_in:
            self.stand_in.book.forget(event["id"])
        self._publish(event)

    def forget(self) -> None:
        self.deliveries.clear()


class _Request:
    """As much of an HTTP request as the stand-in looks at."""

    transport = None
    host = "stripe.test"

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: str) -> None:
        parts = urlsplit(url)
        self.method, self.path, self.query_string, self.headers = method, parts.path, parts.query, headers
        self._body = body

    async def text(self) -> str:
        return self._body


class Bank:
    """Answers the SDK's transport. `keys` off: no call carries an idempotency key any more."""

    def __init__(self, publish: Publish, *, keys: bool = True) -> None:
        courier = _Courier(publish)
        self.stand_in = StandIn(courier)  # type: ignore[arg-type]
        courier.stand_in = self.stand_in
        self._keys = keys
        self.calls = 0
        self.log: list[tuple[str, str | None, int]] = []
        """Of every call that changes something: its path, its key, the answer's status."""

    @property
    def book(self) -> Any:
        return self.stand_in.book

    def all(self, kind: str) -> list[Json]:
        return list(reversed(self.book.all(kind)))

    def serve(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any, how: str | None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One call. Raises what `requests` would where there is no answer."""
        if how == "unreached":
            raise requests.ConnectionError("no connection")
        if how and how[:3].isdigit():
            status, _, when = how.partition("-")
            path = urlsplit(url).path
            self.stand_in.faults.plan({"how": status, "method": method.upper(), "path": path, "when": when or "before"})
        self.calls += 1
        sent = {name: value for name, value in headers.items() if self._keys or name != "Idempotency-Key"}
        answer = _finish(self.stand_in._answer(_Request(method.upper(), url, sent, post_data or "")))  # type: ignore[arg-type]
        self.stand_in.calls.clear()
        if method.upper() == "POST":
            self.log.append((urlsplit(url).path, sent.get("Idempotency-Key"), answer.status))
        if how == "lost":
            raise requests.ReadTimeout("no answer")
        return answer.text.encode(), answer.status, answer.headers


def _finish(running: Coroutine[Any, Any, Any]) -> Any:
    try:
        while True:
            running.send(None)
    except StopIteration as done:
        return done.value


def transport(
    serve: Callable[..., tuple[bytes, int, Mapping[str, str]]],
) -> Callable[..., tuple[bytes, int, Mapping[str, str]]]:
    """What stands in for the SDK's own HTTP client."""

    def request(
        client: Any, method: str, url: str, headers: Mapping[str, str], post_data: Any, is_streaming: bool
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            return serve(method, url, headers, post_data)
        except requests.RequestException as broken:
            client._handle_request_error(broken)
            raise

    return request


PATCHED = (stripe.RequestsClient, "_request_internal")
