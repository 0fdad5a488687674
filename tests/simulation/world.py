"""A world in which everything is decided by a seed: whose turn it is, whose clock is wrong, what gets lost.

Actors are threads, but only one runs at a time: at every call to the database it gives up its turn, and the
next turn goes to whoever is due first. Below the client, each call may be lost, answered too late, applied
twice or long after its sender gave up, refused as throttled, or be the last thing its process does. Between
the client and the database's engine (the local cloud's) there is no network, so a run takes seconds.
"""

from __future__ import annotations

import base64
import heapq
import itertools
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.client
from botocore.exceptions import ClientError, ReadTimeoutError

START = datetime(2030, 5, 4, 12, tzinfo=UTC)
SKEW_MAX = timedelta(milliseconds=900)
"""How wrong a process's clock is at most: two differ by less than the two seconds the product allows for."""
STEPS_MAX = 200_000
FAR = 90.0
"""Seconds: three leases."""
EXPIRIES = "expiries"
"""The one queue whose messages do something here."""
READS = {"GetItem", "Query", "BatchGetItem", "Scan"}


class Crash(BaseException):
    """The process has ended, in the middle of whatever it was doing."""


@dataclass(frozen=True)
class Faults:
    """How likely each is, at every write."""

    lost: float
    answer_lost: float
    late: float
    twice: float
    throttled: float
    crash_before: float
    crash_after: float

    @property
    def kinds(self) -> tuple[list[str], list[float]]:
        likely = vars(self)
        return [*likely, "none"], [*likely.values(), 1 - sum(likely.values())]


NO_FAULTS = Faults(0, 0, 0, 0, 0, 0, 0)
FAIR = Faults(0.015, 0.02, 0.015, 0.03, 0.02, 0.012, 0.02)
STORM = Faults(0.04, 0.06, 0.08, 0.12, 0.05, 0.03, 0.05)
DEAF = Faults(0.25, 0, 0, 0, 0, 0, 0)
ECHOES = Faults(0, 0, 0, 0.5, 0, 0, 0)
MUTE = Faults(0, 0.5, 0, 0, 0, 0, 0)


class World:
    """`on_write` is told of all items that changed together, as the table's stream tells it; `on_message` of
    every message sent, with its delay in seconds. An AssertionError of theirs ends the run."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.faults = NO_FAULTS
        self.echoes: tuple[float, ...] = (0.1, 2.0, FAR)
        """A copy comes so many seconds later at most."""
        self.on_write: Callable[[list[dict[str, Any]]], None] = lambda records: None
        self.on_message: Callable[[str, float], None] = lambda body, delay: None
        self._now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._back = threading.Semaphore(0)
        self._turns: dict[threading.Thread, threading.Semaphore] = {}
        self._failures: list[BaseException] = []
        self.stale = False
        """While a copy of an earlier request is applied."""
        self._seen = 0
        self._over = False
        self.injected: dict[str, int] = {}

    @property
    def time(self) -> datetime:
        """What a clock that is right shows."""
        return START + timedelta(milliseconds=round(self._now * 1000))

    def clock(self) -> datetime:
        """What some process's clock shows."""
        return self.time + timedelta(
            milliseconds=round(self.dice.uniform(-1, 1) * SKEW_MAX / timedelta(milliseconds=1))
        )

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self._now + seconds, next(self._order), action))

    def start(self, seconds: float, act: Callable[[], object]) -> None:
        """An actor that begins after so many seconds."""
        self.later(seconds, lambda: self._begin(act))

    def pause(self, seconds: float) -> None:
        """Let others have their turns meanwhile."""
        turn = self._turns.get(threading.current_thread())
        if turn is None:
            return
        self.later(seconds, lambda: self._give(turn))
        self._back.release()
        turn.acquire()
        if self._over:
            raise Crash

    def run(self) -> None:
        """Until nothing is due any more. Raises what an actor did not expect."""
        try:
            for _ in range(STEPS_MAX):
                if not self._due:
                    return
                self._now, _, action = heapq.heappop(self._due)
                action()
                if self._failures:
                    raise self._failures[0]
            raise AssertionError("the world does not come to rest")
        finally:
            self._end()

    def _end(self) -> None:
        """Whoever is still waiting for a turn will not have one."""
        self._over = True
        for turn in list(self._turns.values()):
            self._give(turn)
        self._over = False

    def _begin(self, act: Callable[[], object]) -> None:
        def life() -> None:
            turn.acquire()
            try:
                act()
            except Crash:
                pass
            except BaseException as failure:  # noqa: BLE001  told to whoever runs the world
                self._failures.append(failure)
            finally:
                del self._turns[thread]
                self._back.release()

        turn = threading.Semaphore(0)
        thread = threading.Thread(target=life, daemon=True)
        self._turns[thread] = turn
        thread.start()
        self._give(turn)

    def _give(self, turn: threading.Semaphore) -> None:
        turn.release()
        self._back.acquire()

    @contextmanager
    def inhabited(self) -> Iterator[None]:
        """Database calls, pauses and randomness of the code under test are the world's."""
        from inventory import writes
        from kit import clock, ids, table

        def call(_: Any, operation: str, request: dict[str, Any]) -> Any:
            return self._call(operation, request)

        chance = SimpleNamespace(uniform=self.dice.uniform)
        with (
            mock.patch.object(botocore.client.BaseClient, "_make_api_call", call),
            mock.patch.object(writes, "time", SimpleNamespace(sleep=self.pause)),
            mock.patch.object(table, "time", SimpleNamespace(sleep=self.pause)),
            mock.patch.object(writes, "random", chance),
            mock.patch.object(table, "random", chance),
            mock.patch.object(ids, "secrets", SimpleNamespace(randbits=self.dice.getrandbits)),
            mock.patch.object(ids, "SET_BACK_MS", 0),
            mock.patch.object(clock, "now", self.clock),
        ):
            yield

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        if threading.current_thread() not in self._turns:
            return self._apply(operation, request)
        self.pause(self.dice.expovariate(1 / 0.008))
        kinds, likely = self.faults.kinds
        fault = "none" if operation in READS else self.dice.choices(kinds, likely)[0]
        self.injected[fault] = self.injected.get(fault, 0) + 1
        match fault:
            case "crash_before":
                raise Crash
            case "lost":
                self._time_out()
            case "late":
                self.later(self.dice.uniform(0.5, FAR), lambda: self._again(operation, request))
                self._time_out()
            case "throttled":
                raise _throttled(operation, request)
            case "twice":
                late = self.dice.choice(self.echoes) * self.dice.random()
                self.later(late, lambda: self._again(operation, request))
        answer = self._apply(operation, request)
        match fault:
            case "crash_after":
                raise Crash
            case "answer_lost":
                self._time_out()
        self.pause(self.dice.expovariate(1 / 0.004))
        return answer

    def _time_out(self) -> None:
        self.pause(1.0)
        raise ReadTimeoutError(endpoint_url="the database")

    def _again(self, operation: str, request: dict[str, Any]) -> None:
        """A copy of a request arrives, and nobody waits for its answer."""
        self.stale = True
        try:
            self._apply(operation, request)
        except ClientError:
            return
        finally:
            self.stale = False

    def _apply(self, operation: str, request: dict[str, Any]) -> Any:
        if operation == "SendMessageBatch":
            for entry in request["Entries"] if request["QueueUrl"] == EXPIRIES else []:
                self.on_message(entry["MessageBody"], entry["DelaySeconds"])
            return {}
        answer = ask_engine(operation, request)
        records = stream()
        fresh, self._seen = records[self._seen :], len(records)
        try:
            self.on_write(fresh)
        except AssertionError as violation:
            self._failures.append(violation)
        return answer


def ask_engine(operation: str, request: dict[str, Any]) -> Any:
    """One request to the local cloud's database engine, in this process. Raises ClientError."""
    from ministack.services import dynamodb

    action = getattr(dynamodb, "_" + "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_"))
    wire = json.loads(json.dumps(request, default=lambda raw: base64.b64encode(raw).decode()))
    status, _, body = action(wire)
    answer = json.loads(body or b"{}", object_hook=_binary)
    if status == 200:
        return answer
    code = answer.pop("__type").rpartition("#")[2]
    raise ClientError({"Error": {"Code": code, "Message": answer.get("message", "")}, **answer}, operation)


def stream() -> list[dict[str, Any]]:
    """Everything that ever changed in the inventory's table."""
    from ministack.services import dynamodb

    records: list[dict[str, Any]] = dynamodb._stream_records.get("inventory", [])
    return records


def make_tables() -> None:
    """Empty ones, as the stacks make them."""
    from ministack.services import dynamodb

    dynamodb._tables.clear()
    dynamodb._stream_records.clear()
    for name in ("inventory", "orders"):
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        ask_engine(
            "CreateTable",
            {
                "TableName": name,
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
                "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys],
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            },
        )


def _throttled(operation: str, request: dict[str, Any]) -> ClientError:
    if operation != "TransactWriteItems":
        return ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, operation)
    codes = ["TransactionConflict"] + ["None"] * (len(request["TransactItems"]) - 1)
    reasons = [{"Code": code} for code in codes]
    told = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
    return ClientError(told, operation)


def _binary(document: dict[str, Any]) -> Any:
    if len(document) == 1 and isinstance(document.get("B"), str):
        return {"B": base64.b64decode(document["B"])}
    return document
