"""Viewers for tests: connections that note what they are told, some of them dead or slow."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from live import posting
from tests import harness

NOON = datetime(2030, 5, 4, 12, tzinfo=UTC)


class Gateway:
    """API Gateway's side of the connections: what was posted to each."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = defaultdict(list)
        self.gone: set[str] = set()
        self.silent: set[str] = set()

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803  botocore's words
        if ConnectionId in self.gone:
            raise ClientError({"Error": {"Code": "GoneException", "Message": ""}}, "PostToConnection")
        if ConnectionId in self.silent:
            raise ReadTimeoutError(endpoint_url="https://connections.test")
        self.heard[ConnectionId].append(json.loads(Data))


def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """Put one in the real one's place."""
    fake = Gateway()
    monkeypatch.setattr(posting, "_gateway", lambda: fake)
    return fake


def ticket(person: str | None = None, now: datetime = NOON) -> str:
    status, answer, _ = harness.call("live.issue_ticket", person=person, now=now)
    assert status == 201
    return str(answer["ticket"])


def connect(connection_id: str, ticket: str, *, now: datetime = NOON, secret: str = harness.ORIGIN) -> int:
    event = {
        "requestContext": context("$connect", connection_id),
        "headers": {"X-Origin-Secret": secret},
        "queryStringParameters": {"ticket": ticket} if ticket else None,
    }
    with harness.at(now):
        answer = import_module("live.connect_viewer").handler(event, harness.CONTEXT)
    return int(answer["statusCode"])


def viewer(connection_id: str, person: str | None = None, now: datetime = NOON) -> str:
    """A connection that is open."""
    assert connect(connection_id, ticket(person, now), now=now) == 200
    return connection_id


def send(connection_id: str, verb: str, message: Any, now: datetime = NOON) -> Any:
    """A message of this connection, handled by the verb; its answer."""
    body = message if isinstance(message, str) else json.dumps(message)
    route = message.get("action", "$default") if isinstance(message, dict) else "$default"
    event = {"requestContext": context(route, connection_id), "body": body, "isBase64Encoded": False}
    with harness.at(now):
        answer = import_module(verb).handler(event, harness.CONTEXT)
    assert answer["statusCode"] == 200
    return json.loads(answer["body"])


def leave(connection_id: str) -> None:
    event = {"requestContext": context("$disconnect", connection_id)}
    assert import_module("live.disconnect_viewer").handler(event, harness.CONTEXT) == {"statusCode": 200}


def context(route: str, connection_id: str) -> dict[str, Any]:
    return {"routeKey": route, "connectionId": connection_id, "requestId": "request-1", "stage": "live"}
