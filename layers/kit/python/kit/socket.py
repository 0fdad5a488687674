"""A message on the WebSocket in one decorator: what comes in, what is answered, and refusals as problems.

    @receives
    def handler(message: Message, body: WatchSeats) -> Watching: ...

The annotation of `body` validates the frame, its `action` included; the answer goes back on the same
connection. A Problem becomes `{"type": "refused", "action": …, "problem": …}`, and the connection stays open.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, get_type_hints

import msgspec

from kit import clock
from kit.decode import decode_json
from kit.errors import Busy, Internal, NotFound, Problem, TooLarge
from kit.http import passes
from kit.telemetry import count, log, metrics

BYTES_MAX = 32 * 1024
"""API Gateway ends a connection that sends a longer frame; several frames can still make a longer message."""
Event = dict[str, Any]


class Message(msgspec.Struct, frozen=True):
    """One message. `now` is the time it arrived, to be passed down."""

    now: datetime
    connection_id: str


class Refused(msgspec.Struct, frozen=True, tag_field="type", tag="refused"):
    """Why nothing was done. `problem` is what an HTTP answer would have as its body."""

    action: str | None
    problem: dict[str, Any]


def receives(function: Callable[..., Any]) -> Callable[[Event, Any], dict[str, Any]]:
    """Make a function of (message[, body]) the Lambda handler of one route of the socket."""
    wanted = get_type_hints(function).get("body")

    @functools.wraps(function)
    @metrics.log_metrics
    def handler(event: Event, context: Any) -> dict[str, Any]:
        try:
            answer = _run(function, wanted, event)
        except Problem as problem:
            count(type(problem).__name__)
            answer = _refused(problem, event)
        except Exception as error:  # noqa: BLE001  the one place where the unforeseen becomes an answer
            log.exception("unforeseen")
            answer = _refused(Busy() if passes(error) else Internal(), event)
        return {"statusCode": 200, "body": msgspec.json.encode(answer).decode()}

    return handler


def _run(function: Callable[..., Any], wanted: type | None, event: Event) -> Any:
    raw = (event.get("body") or "").encode()
    if len(raw) > BYTES_MAX:
        raise TooLarge(limitBytes=BYTES_MAX)
    arguments: dict[str, Any] = {} if wanted is None else {"body": decode_json(raw, wanted)}
    return function(Message(clock.now(), event["requestContext"]["connectionId"]), **arguments)


def _refused(problem: Problem, event: Event) -> Refused:
    request_id = event["requestContext"].get("requestId", "")
    route = event["requestContext"]["routeKey"]
    document = problem.document("" if isinstance(problem, NotFound) else request_id)
    return Refused(None if route.startswith("$") else route, document)
