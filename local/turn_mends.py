"""Whose turn it is. On AWS every function has a processor of its own; here all of them share the laptop's."""

from __future__ import annotations

import contextvars
import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

STEPS_AT_ONCE = 4
"""Steps of state machines under way; more of them end no sooner on a laptop's processors."""
BEHIND_THE_SCENES = 5
"""How nice a function is that follows a table's stream: people wait for the others."""
THREADS_MAX = 1000


class Turns:
    """So many at a time; of those who wait, the oldest first."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    @contextmanager
    def one(self, began: float) -> Iterator[None]:
        """Wait for a turn behind everybody who began earlier."""
        self._wait(began)
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self, began: float) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            heapq.heappush(self._waiting, (began, next(self._numbers), turn))
        turn.wait()

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                heapq.heappop(self._waiting)[-1].set()
            else:
                self._free += 1


def let_steps_take_turns() -> None:
    """Of a burst of purchases a few steps run at a time, and the purchase that began first goes first, so that all
    wait their turn once and not at every step. A step's own time begins with its turn, and waits for a token have
    none.
    """
    from ministack.services import stepfunctions

    invoke, turns = stepfunctions._invoke_resource_with_timeout, Turns(STEPS_AT_ONCE)
    execution = threading.local()  # each has a thread of its own

    def invoked(resource: str, document: Any, timeout: float) -> Any:
        if not hasattr(execution, "began"):
            execution.began = time.monotonic()
        with turns.one(execution.began):
            return invoke(resource, document, timeout)

    stepfunctions._invoke_resource_with_timeout = invoked


def niceness(function_arn: str) -> int:
    """How much a function leaves the processors to others."""
    from ministack.services import lambda_svc

    mappings = [mapping for mapping in lambda_svc._esms.values() if mapping["FunctionArn"] == function_arn]
    follows = any(":dynamodb:" in mapping["EventSourceArn"] for mapping in mappings)
    return BEHIND_THE_SCENES if follows else 0


def keep_threads() -> None:
    """Have what calls functions run in threads that are there already. ministack starts a thread for each call, and
    meanwhile its event loop, and with it everything else, stands still.
    """
    from ministack.core import concurrency

    pool = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="kept")

    class Kept(threading.Thread):
        def start(self) -> None:
            self._work = pool.submit(contextvars.Context().run, self.run)

        def join(self, timeout: float | None = None) -> None:
            wait([self._work], timeout)

    concurrency.threading = SimpleNamespace(**vars(threading) | {"Thread": Kept})
