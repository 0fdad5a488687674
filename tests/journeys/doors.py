"""Every door of the API, read from the wiring, and how a stranger knocks on it: through the edge, as sent."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.wiring import WIRING
from kit.http import Endpoint

SAMPLES = Path(__file__).parents[2] / "events"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MISSING = {
    "eventId": "evt_0000000000000000",
    "venueId": "ven_0000000000000000",
    "artistId": "art_0000000000000000",
    "seriesId": "ser_0000000000000000",
    "blockId": "blk_0000000000000000",
    "chartImportId": "imp_0000000000000000",
    "holdId": "hld_0000000000000000",
    "orderId": "ord_0000000000000000",
    "ticketId": "tkt_0000000000000000",
    "subscriptionId": "psh_0000000000000000",
    "artist": "nobody-of-that-name",
}
"""What an id looks like that nothing has; so that "not there" is not told from its spelling."""


@dataclass(frozen=True)
class Door:
    """One route: `GET /orders/{orderId}`, and what its entry point promises."""

    route: str
    verb: str
    endpoint: Endpoint

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.route)

    @property
    def good_body(self) -> Any:
        """The body of the entry point's sample event, if it takes one."""
        if self.endpoint.body is None:
            return None
        return json.loads(json.loads((SAMPLES / f"{self.verb.replace('.', '/')}.json").read_text())["body"])

    def path(self, values: dict[str, str] = MISSING) -> str:
        """Its address, with these values for its parameters."""
        return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], self.route.partition(" ")[2])


DOORS = [
    Door(api.route, verb, import_module(verb).handler.endpoint)
    for function in WIRING
    for api, verb in function.verbs.items()
    if api in function.routes and api.key != "$default"
]
SIGNED_IN = [door for door in DOORS if door.endpoint.callers.signed_in]
WITH_BODY = [door for door in DOORS if door.endpoint.body is not None]


@dataclass(frozen=True)
class Answer:
    """`word` is the last part of a problem's type."""

    status: int
    word: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> tuple[int, str]:
        return self.status, self.word

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def knock(site_url: str, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
    """Bytes go as they are, anything else as JSON; `idempotency_key=` becomes `idempotency-key`.

    Every problem of the API must be one (RFC 9457) and stay with whom it was told. A preflight is the local
    gateway's own to refuse; AWS leaves it to us, where no CORS is configured.
    """
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    if body is not None:
        sent.setdefault("content-type", "application/json")
    raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(urlsplit(site_url).netloc, timeout=30)
    try:
        connection.request(method, path, raw, sent)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    told = {name.lower(): value for name, value in response.getheaders()}
    if response.status < 400 or method == "OPTIONS":
        return Answer(response.status, "", told, content)
    assert told["content-type"] == "application/problem+json", (method, path, response.status, content)
    assert told["cache-control"] == "no-store"
    problem = json.loads(content)
    assert problem["status"] == response.status and problem["title"]
    made_at_the_edge = told.get("x-cache", "").startswith("FunctionGenerated")
    assert ("requestId" in problem) is (response.status != 404 and not made_at_the_edge)
    return Answer(response.status, problem["type"].rpartition("/")[2], told, content)
