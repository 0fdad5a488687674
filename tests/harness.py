"""What every context's tests stand on: moto's tables, queues, buckets and secrets, tokens, and HTTP calls.

    @pytest.fixture(autouse=True)
    def _aws() -> Iterator[None]:
        with harness.aws():
            yield

    status, answer, headers = harness.call(show_hold, path={"holdId": "hld_…"}, person="ada")

Single thread only: moto's conditions are not atomic. Races belong on the local cloud (marker `cloud`).
"""

from __future__ import annotations

import base64
import copy
import json
import secrets
import sys
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Protocol
from unittest import mock

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from kit import auth, clock, ids, settings
from local.beacon_standin import BEACON_KEY
from local.cloud import LocalCloud

REGION = "eu-central-1"
TABLES = (
    "catalog",
    "inventory",
    "orders",
    "payments",
    "tickets",
    "notifications",
    "fraud",
    "accounts",
    "live",
    "waitingroom",
)
"""Each with `pk` and `sk`, its name in `TABLE_<CONTEXT>`; the idempotency table has `pk` alone."""
INDEXES = {"orders": ("open-orders", "open", "createdAt"), "payments": ("listing", "listed", "listed_at")}
"""An index of a context's table: name, hash key, range key; keys only."""
KEYS_ONLY = {"ProjectionType": "KEYS_ONLY"}
QUEUES = ("charts", "expiries", "purchases", "purges", "ticks.fifo", "messages", "turns", "buckets")
"""Each address in `QUEUE_<NAME>`; first in, first out by its ending."""
BUCKETS = ("charts", "search", "lists")
"""Each name in `BUCKET_<NAME>`."""
ORIGIN = "the-edge-shows-this"
SECRETS = {
    "SECRET_ORIGIN": ORIGIN,
    "SECRET_EDGE": "the key of today\nthe key of yesterday\nthe key of long ago".replace(" ", "-"),
    "SECRET_SIGNING": "a random string of sixty-four characters, from which keys are derived",
    "SECRET_PUSH": "another one, from which the key of web push is derived",
    "SECRET_STRIPE": json.dumps(
        {"secretKey": "sk_test_local", "webhookSecret": "whsec_local", "publishableKey": "pk_test_local"}
    ),
}
ISSUER = "https://issuer.test/pool"
CLIENT = "web-client"
KEY_ID = "test-key"
ENVIRONMENT = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "ISSUER": ISSUER,
    "CLIENT_IDS": CLIENT,
    "BEACON_URL": "http://127.0.0.1:9",
    "BEACON_KEY": BEACON_KEY,
    "JWKS_URL": f"{ISSUER}/.well-known/jwks.json",
}
CONTEXT = SimpleNamespace(
    function_name="under-test",
    memory_limit_in_mb=512,
    invoked_function_arn=f"arn:aws:lambda:{REGION}:123456789012:function:under-test",
    aws_request_id="lambda-request",
    get_remaining_time_in_millis=lambda: 10_000,
)


class Entry(Protocol):
    """A module with a `handler`, or anything shaped like one."""

    handler: Any


@contextmanager
def aws(**variables: str) -> Iterator[None]:
    """An empty account in moto: every table, queue, bucket, secret. `variables` add to the environment."""
    with mock.patch.dict("os.environ", ENVIRONMENT), mock_aws():
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.update(copy.deepcopy(_empty_tables("test")))
        with _account("test", variables):
            yield


@contextmanager
def on(cloud: LocalCloud, **variables: str) -> Iterator[None]:
    """The same on the local cloud, for what moto cannot show; its own tables each time."""
    elsewhere = {**ENVIRONMENT, "AWS_ENDPOINT_URL": cloud.endpoint_url}
    forget_clients()
    try:
        prefix = f"test-{secrets.token_hex(4)}"
        with mock.patch.dict("os.environ", elsewhere), _account(prefix, variables):
            _make_tables(prefix)
            prepare_clients()
            yield
    finally:
        forget_clients()


@contextmanager
def _account(prefix: str, variables: dict[str, str]) -> Iterator[None]:
    with (
        mock.patch.dict("os.environ", _resources(prefix) | variables),
        mock.patch.object(auth, "_fetch_keys", _public_keys),
        mock.patch.object(auth, "_keys", auth._Keys()),
    ):
        yield


def forget_clients() -> None:
    """Forget every cached client, secret and connection: the next call meets the world of now."""
    settings.client.cache_clear()
    settings._secrets.cache_clear()
    settings._parameters.cache_clear()
    if idempotency := sys.modules.get("kit.idempotency"):
        idempotency._store.cache_clear()
    if table := sys.modules.get("kit.table"):
        from pynamodb.models import Model

        table.forget_connections(*_descendants(Model))


def prepare_clients() -> None:
    """Before threads share them: where several are the first to need a model's connection, Python crashes."""
    if "kit.table" in sys.modules:
        from pynamodb.models import Model

        for model in _descendants(Model):
            model._get_connection()


def call(
    module: Entry | str,
    *,
    path: dict[str, str] | None = None,
    body: Any = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    person: str | None = None,
    groups: Iterable[str] = ("fan",),
    now: datetime | None = None,
    route: str = "$default",
) -> tuple[int, Any, dict[str, str]]:
    """Call an entry point as the HTTP API would. Answers (status, JSON or bytes or None, headers).

    `body`: bytes go as base64, text as it is, anything else as JSON. `person` signs in; `now` sets the clock.
    """
    event = http_event(path=path, body=body, query=query, headers=headers, person=person, groups=groups, route=route)
    entry: Any = import_module(module) if isinstance(module, str) else module
    with at(now):
        answer = entry.handler(event, CONTEXT)
    raw = answer.get("body")
    content: Any = raw
    if answer.get("isBase64Encoded"):
        content = base64.b64decode(raw)
    elif raw and "json" in answer["headers"].get("content-type", ""):
        content = json.loads(raw)
    return answer["statusCode"], content, answer["headers"]


def http_event(
    *,
    path: dict[str, str] | None = None,
    body: Any = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    person: str | None = None,
    groups: Iterable[str] = ("fan",),
    route: str = "$default",
) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0, that came through the edge."""
    method, _, raw_path = route.partition(" ")
    sent = {"x-origin-secret": ORIGIN}
    if body is not None:
        sent["content-type"] = "application/json"
    if person is not None:
        sent["authorization"] = f"Bearer {access_token(person, groups)}"
    sent |= {name.lower(): value for name, value in (headers or {}).items()}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": raw_path or "/",
        "rawQueryString": urllib.parse.urlencode(query or {}),
        "headers": sent,
        "requestContext": {
            "requestId": "request-1",
            "routeKey": route,
            "stage": "api",
            "http": {"method": method, "path": raw_path or "/", "sourceIp": "198.51.100.7"},
        },
        "isBase64Encoded": isinstance(body, bytes),
    }
    if path:
        event["pathParameters"] = path
    if query:
        event["queryStringParameters"] = query
    if isinstance(body, bytes):
        event["body"] = base64.b64encode(body).decode()
    elif body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def run_step(module: Entry | str, state: str, document: dict[str, Any], now: datetime | None = None) -> Any:
    """Run a saga step as the state machine would; its exceptions pass through."""
    entry: Any = import_module(module) if isinstance(module, str) else module
    with at(now):
        return entry.handler({"step": state, **document}, CONTEXT)


@contextmanager
def at(moment: datetime | None) -> Iterator[None]:
    """Entry points read `moment` as now."""
    if moment is None:
        yield
        return
    with mock.patch.object(clock, "now", lambda: moment):
        yield


def access_token(person: str, groups: Iterable[str] = ("fan",), **claims: Any) -> str:
    """A signed access token of the pool; `claims` replace or add (`token_use="id"`, `exp=…`)."""
    issued = int(time.time())
    document = {
        "sub": person,
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "cognito:groups": list(groups),
        "origin_jti": f"session-of-{person}",
        "iat": issued,
        "exp": issued + 3600,
        **claims,
    }
    return str(jwt.encode(document, signing_key(), algorithm="RS256", headers={"kid": KEY_ID}))


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """The pool's key, made anew for each run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public_keys() -> dict[str, jwt.PyJWK]:
    document = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(signing_key().public_key()))
    return {KEY_ID: jwt.PyJWK({**document, "kid": KEY_ID, "alg": "RS256", "use": "sig"})}


def _resources(prefix: str) -> dict[str, str]:
    """Make what the stacks would, and answer the variables that name it."""
    variables = {f"TABLE_{name.upper()}": f"{prefix}-{name}" for name in (*TABLES, "idempotency")}
    queues = settings.client("sqs")
    for name in QUEUES:
        kind, _, in_order = name.partition(".")
        attributes = {"FifoQueue": "true"} if in_order else {}
        made = queues.create_queue(QueueName=f"{prefix}-{name}", Attributes=attributes)
        variables[f"QUEUE_{kind.upper()}"] = made["QueueUrl"]
    storage = settings.client("s3")
    for name in BUCKETS:
        storage.create_bucket(Bucket=f"{prefix}-{name}", CreateBucketConfiguration={"LocationConstraint": REGION})
        variables[f"BUCKET_{name.upper()}"] = f"{prefix}-{name}"
    vault = settings.client("secretsmanager")
    for variable, value in SECRETS.items():
        created = vault.create_secret(Name=f"{prefix}/{variable}", SecretString=value)
        variables[variable] = created["ARN"]
    return variables


@cache
def _empty_tables(prefix: str) -> dict[str, Any]:
    """Moto's own, made once and copied by each test: making them takes longer than most tests do."""
    _make_tables(prefix)
    return copy.deepcopy(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables)


def _make_tables(prefix: str) -> None:
    dynamodb = settings.client("dynamodb")
    for name in (*TABLES, "idempotency"):
        keys = ["pk"] if name == "idempotency" else ["pk", "sk"]
        index, *index_keys = INDEXES.get(name, ("",))
        indexes = [{"IndexName": index, "KeySchema": _schema(index_keys), "Projection": KEYS_ONLY}]
        dynamodb.create_table(
            TableName=f"{prefix}-{name}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in (*keys, *index_keys)],
            KeySchema=_schema(keys),
            **({"GlobalSecondaryIndexes": indexes} if index else {}),
        )


def _schema(keys: list[str]) -> list[dict[str, str]]:
    kinds = zip(keys, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": key, "KeyType": kind} for key, kind in kinds]


def new_id(prefix: str) -> str:
    """An id as the product makes them."""
    return ids.new(prefix, clock.now())


def _descendants(model: Any) -> list[Any]:
    children: list[Any] = model.__subclasses__()
    return [found for child in children for found in (child, *_descendants(child))]
