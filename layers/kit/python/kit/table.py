"""DynamoDB through PynamoDB: lazily named tables, short timeouts, and one transaction over several stores.

A store declares its items as PynamoDB models over the context's one table, keys `pk` and `sk`:

    class SeatRow(Model):
        class Meta(TableMeta):
            table_name = Table("inventory")
        pk = UnicodeAttribute(hash_key=True)
        sk = UnicodeAttribute(range_key=True)
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pynamodb.connection.table
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from kit import settings
from kit.errors import Busy

CONFLICT_ATTEMPTS = 5
CONFLICT_PAUSE_SECONDS = 0.02
_connections: dict[str, Connection] = {}


class Table:
    """The name of a context's table, looked up in `TABLE_<CONTEXT>` when first used, never at import."""

    def __init__(self, context: str) -> None:
        self._variable = f"TABLE_{context.upper()}"

    def __get__(self, instance: object, owner: type) -> str:
        return os.environ[self._variable]


class TableMeta:
    """What every model's `Meta` shares."""

    connect_timeout_seconds = 1
    read_timeout_seconds = 2
    max_retry_attempts = 2
    max_pool_connections = 10


@dataclass
class Transaction:
    """Writes that happen together or not at all, added by the stores of several contexts.

    Each write names the error that its refused condition means; `commit` raises the first such error.
    At most 100 writes. A conflict with another transaction is retried with jitter (botocore does not).
    """

    _puts: list[tuple[Model, Condition | None, Exception | None]] = field(default_factory=list)
    _updates: list[tuple[Model, Sequence[Action], Condition | None, Exception | None]] = field(default_factory=list)

    def put(self, model: Model, *, condition: Condition | None = None, refused: Exception | None = None) -> None:
        self._puts.append((model, condition, refused))

    def update(
        self,
        model: Model,
        actions: Sequence[Action],
        *,
        condition: Condition | None = None,
        refused: Exception | None = None,
    ) -> None:
        self._updates.append((model, actions, condition, refused))

    def commit(self) -> None:
        """Raises a write's `refused` error, `Busy` when conflicts or throttling do not end."""
        for attempt in range(CONFLICT_ATTEMPTS):
            try:
                return self._write()
            except TransactWriteError as error:
                codes = [reason.code if reason else None for reason in error.cancellation_reasons]
                self._raise_refusal(codes)
                if not {"TransactionConflict", "ThrottlingError"} & set(codes):
                    raise
                time.sleep(random.uniform(0, CONFLICT_PAUSE_SECONDS * 2**attempt))  # noqa: S311
        raise Busy("Somebody else is changing the same thing; try again.")

    def _write(self) -> None:
        with TransactWrite(connection=_connection()) as write:
            for model, condition, _ in self._puts:
                write.save(model, condition=condition)
            for model, actions, condition, _ in self._updates:
                write.update(model, actions=list(actions), condition=condition)

    def _raise_refusal(self, codes: Sequence[str | None]) -> None:
        """PynamoDB sends puts before updates, so the reasons come in that order."""
        errors = [refused for *_, refused in self._puts] + [refused for *_, refused in self._updates]
        for code, refused in zip(codes, errors, strict=False):
            if code == "ConditionalCheckFailed" and refused is not None:
                raise refused


@settings.at_start
def _client() -> Any:
    return _connection().client


def _connection() -> Connection:
    region = os.environ["AWS_REGION"]
    if region not in _connections:
        _connections[region] = connection = Connection(
            region=region,
            connect_timeout_seconds=TableMeta.connect_timeout_seconds,
            read_timeout_seconds=TableMeta.read_timeout_seconds,
            max_retry_attempts=TableMeta.max_retry_attempts,
        )
        connection._local.session = settings.session()
    return _connections[region]


def _with_our_client(**options: Any) -> Connection:
    connection = Connection(**options)
    connection._client = _client()
    return connection


# Each model would make a session and a client of its own: some 100 ms when first used.
pynamodb.connection.table.Connection = _with_our_client  # type: ignore[assignment, attr-defined]


def forget_connections(*models: type[Model]) -> None:
    """For tests that change region or endpoint between cases."""
    _connections.clear()
    for model in models:
        cast: Any = model
        cast._connection = None
