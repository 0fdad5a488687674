"""Telling connections: many at once, none waiting for another, the dead forgotten."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from kit import settings
from kit.telemetry import count
from live import store
from live.store import Listener

AT_ONCE = 32
TIMEOUT_SECONDS = 1
SECONDS_MAX = 8
"""After that the rest goes without: whoever missed a message sees it by the next one's version."""


def tell(messages: Sequence[tuple[Listener, bytes]]) -> None:
    """Post each message. Nobody is tried twice: a listener that cannot take one message waits for the next."""
    ends = time.monotonic() + SECONDS_MAX

    def post(message: tuple[Listener, bytes]) -> str:
        return _post(*message) if time.monotonic() < ends else "MessagesMissed"

    if not messages:
        return
    with ThreadPoolExecutor(min(AT_ONCE, len(messages))) as pool:
        outcomes = list(pool.map(post, messages))
    for outcome in sorted(set(outcomes)):
        count(outcome, outcomes.count(outcome))


def _post(listener: Listener, data: bytes) -> str:
    """How it went, by the name of its counter."""
    try:
        _gateway().post_to_connection(ConnectionId=listener.connection_id, Data=data)
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            return "MessagesMissed"
        store.forget(listener)
        return "ConnectionsForgotten"
    except (HTTPClientError, ConnectionError):
        return "MessagesMissed"
    return "MessagesPosted"


@cache
def _gateway() -> Any:
    """Where the connections end: the address is in the function's environment, as botocore wants it."""
    config = settings.client_config(TIMEOUT_SECONDS, attempts=1).merge(Config(max_pool_connections=AT_ONCE))
    session = settings.session()
    return session.create_client("apigatewaymanagementapi", region_name=settings.env("AWS_REGION"), config=config)
