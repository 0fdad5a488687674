"""An HTTP entry point in one decorator: who may call, what comes in, what goes out, problem+json.

    @endpoint(callers=SIGNED_IN, status=201, raises=(SeatsUnavailable,))
    def handler(call: Call, body: HoldRequest) -> Hold:
        return hold_seats(call.caller, body, call.now)

The annotations of `body`, `query` and the result are the contract: they validate, encode, and become the
OpenAPI document. Answers are private (`no-store`) unless the endpoint says how long the edge may keep them;
browsers, which nobody can tell to forget, keep them for a minute at most.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_type_hints

import msgspec
from botocore.exceptions import ConnectionError, HTTPClientError

from kit import auth, clock, settings
from kit.decode import decode_json, decode_query
from kit.errors import (
    Busy,
    Forbidden,
    IdempotencyKeyRequired,
    Internal,
    InvalidToken,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    UnsupportedMediaType,
    VersionRequired,
)
from kit.telemetry import log, metrics

BODY_BYTES_MAX = 64 * 1024
KEY_LENGTH_MAX = 255
VERSION_LENGTH_MAX = 9
BROWSER_SECONDS_MAX = 60
NOT_NOW = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ServiceUnavailable",
    "ThrottlingException",
    "TooManyRequestsException",
}
"""What AWS's services say when another try may do."""
Event = dict[str, Any]


class Call(msgspec.Struct, frozen=True):
    """One request. `now` is the time it arrived, to be passed down."""

    now: datetime
    address: str
    """The path below the stage, as `/events/evt_…`."""
    path: dict[str, str]
    headers: dict[str, str]
    raw_body: bytes
    request_id: str
    person: auth.Person | None = None

    @property
    def caller(self) -> auth.Person:
        """The signed-in person, where the endpoint demands one."""
        if self.person is None:
            raise Unauthenticated
        return self.person

    @property
    def viewer_address(self) -> str | None:
        """The network address that reached the CDN, if there is a CDN that tells.

        CloudFront appends it to X-Forwarded-For, API Gateway then CloudFront's own; what is left of these two
        is whatever the viewer sent.
        """
        told = self.headers.get("x-forwarded-for", "").split(",")
        return told[-2].strip() if len(told) > 1 else None

    @property
    def idempotency_key(self) -> str:
        """What tells a repeated request from a second one, or nothing. Raises IdempotencyKeyRequired."""
        key = self.headers.get("idempotency-key", "").strip()
        if len(key) > KEY_LENGTH_MAX:
            raise IdempotencyKeyRequired
        return key

    @property
    def version_read(self) -> int:
        """Which version of a thing the caller means to change. Raises VersionRequired."""
        version = self.headers.get("if-match", "").strip().strip('"')
        if not (version.isascii() and version.isdigit() and len(version) <= VERSION_LENGTH_MAX):
            raise VersionRequired
        return int(version)


class Answer(msgspec.Struct, frozen=True):
    """For what is not JSON, or needs its own headers or status: a PDF, a download."""

    body: bytes | str
    content_type: str
    status: int = 200
    headers: dict[str, str] = {}


CacheSeconds = int | Callable[[Any, Any, datetime], int]
"""How long the edge may keep an answer: always the same, or by (query, answer, now)."""


@dataclass(frozen=True)
class Endpoint:
    """What an entry point promises; the OpenAPI document is made of these."""

    callers: auth.Callers
    status: int
    cache_seconds: CacheSeconds
    raises: tuple[type[Problem], ...]
    body: type | None
    query: type | None
    answer: Any
    idempotency_key: str
    """`none`, `optional` or `required`."""


def endpoint(
    *,
    callers: auth.Callers = auth.SIGNED_IN,
    status: int = 200,
    cache_seconds: CacheSeconds = 0,
    raises: tuple[type[Problem], ...] = (),
    idempotency_key: str = "none",
) -> Callable[[Callable[..., Any]], Callable[[Event, Any], dict[str, Any]]]:
    """Make a function of (call[, body][, query]) the Lambda handler of one route."""

    def decorate(function: Callable[..., Any]) -> Callable[[Event, Any], dict[str, Any]]:
        hints = get_type_hints(function)
        promise = Endpoint(
            callers=callers,
            status=status,
            cache_seconds=cache_seconds,
            raises=raises,
            body=hints.get("body"),
            query=hints.get("query"),
            answer=hints.get("return"),
            idempotency_key=idempotency_key,
        )

        @functools.wraps(function)
        @metrics.log_metrics
        def handler(event: Event, context: Any) -> dict[str, Any]:
            try:
                return _run(promise, function, event)
            except Problem as problem:
                return _problem(problem, event)
            except Exception as error:  # noqa: BLE001  the one place where the unforeseen becomes an answer
                if passes(error):
                    log.warning("busy", exc_info=True)
                    return _problem(Busy(), event)
                log.exception("unforeseen")
                return _problem(Internal(), event)

        handler.endpoint = promise  # type: ignore[attr-defined]
        return handler

    return decorate


def passes(error: BaseException | None) -> bool:
    """Whether AWS refused for the moment, or gave no answer, somewhere down the chain of causes."""
    while error is not None:
        response = getattr(error, "response", None) or {}
        code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
        if code in NOT_NOW or isinstance(error, (HTTPClientError, ConnectionError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _run(promise: Endpoint, function: Callable[..., Any], event: Event) -> dict[str, Any]:
    headers = event.get("headers") or {}
    only_through_the_edge(headers)
    call = Call(
        now=clock.now(),
        address=event["rawPath"].removeprefix(f"/{event['requestContext']['stage']}"),
        path=event.get("pathParameters") or {},
        headers=headers,
        raw_body=_raw_body(event),
        request_id=event["requestContext"]["requestId"],
        person=auth.admit(promise.callers, headers.get("authorization")),
    )
    arguments: dict[str, Any] = {}
    if promise.body is not None:
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaType
        arguments["body"] = decode_json(call.raw_body, promise.body)
    if promise.query is not None:
        arguments["query"] = decode_query(event.get("queryStringParameters") or {}, promise.query)
    result = function(call, **arguments)
    seconds = promise.cache_seconds
    if not isinstance(seconds, int):
        seconds = seconds(arguments["query"], result, call.now)
    return _success(promise, result, seconds)


def only_through_the_edge(headers: dict[str, str]) -> None:
    """WAF stands at the CDN, so whoever does not come through it is turned away. Raises Forbidden."""
    shown = headers.get("x-origin-secret", "")
    if not hmac.compare_digest(shown.encode(), settings.secret("SECRET_ORIGIN").encode()):
        raise Forbidden


def _raw_body(event: Event) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            raw = base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise UnsupportedMediaType from error
    else:
        raw = body.encode()
    if len(raw) > BODY_BYTES_MAX:
        raise TooLarge(limitBytes=BODY_BYTES_MAX)
    return raw


def _success(promise: Endpoint, result: Any, cache_seconds: int) -> dict[str, Any]:
    headers = {"cache-control": _cache_control(cache_seconds)}
    if isinstance(result, Answer):
        headers |= {"content-type": result.content_type, **result.headers}
        if isinstance(result.body, bytes):
            body, encoded = base64.b64encode(result.body).decode(), True
        else:
            body, encoded = result.body, False
        return {"statusCode": result.status, "headers": headers, "body": body, "isBase64Encoded": encoded}
    if result is None:
        return {"statusCode": promise.status, "headers": headers}
    headers["content-type"] = "application/json"
    return {"statusCode": promise.status, "headers": headers, "body": msgspec.json.encode(result).decode()}


def _cache_control(seconds: int) -> str:
    if not seconds:
        return "no-store"
    at_the_edge = f", s-maxage={seconds}" if seconds > BROWSER_SECONDS_MAX else ""
    return f"public, max-age={min(seconds, BROWSER_SECONDS_MAX)}{at_the_edge}"


def _problem(problem: Problem, event: Event) -> dict[str, Any]:
    headers = {"content-type": "application/problem+json", "cache-control": "no-store"}
    if problem.retry_after_seconds is not None:
        headers["retry-after"] = str(problem.retry_after_seconds)
    if isinstance(problem, (Unauthenticated, InvalidToken)):
        headers["www-authenticate"] = "Bearer"
    if isinstance(problem, MethodNotAllowed):
        headers["allow"] = ", ".join(problem.data["allow"])
    if problem.status >= 500 and not isinstance(problem, Busy):
        metrics.add_metric(name="ServerErrors", unit="Count", value=1)
    request_id = event.get("requestContext", {}).get("requestId", "")
    document = problem.document("" if isinstance(problem, NotFound) else request_id)
    return {"statusCode": problem.status, "headers": headers, "body": msgspec.json.encode(document).decode()}
