"""Whose turn it is. On AWS every function has a processor of its own; here all of them share the laptop's."""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import asynccontextmanager, contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

CALLS_AT_ONCE = 2
"""Calls of people under way, but for those who pay; measured on two processors, where more end no sooner."""
STEPS_AT_ONCE = 4
"""Steps of state machines under way while nobody changes anything; each such call is one less."""
PAYING = ("POST", "/orders")
PATIENCE_SECONDS = 3.0
"""A call that waited so long for one that hangs begins beside it."""
BEHIND_THE_SCENES = 5
"""How nice a function is that follows a table's stream: people wait for the others."""
THREADS_MAX = 1000


class Turns:
    """Calls begin at once; steps wait while there are as many of both as may be at once, and of those who wait the
    oldest goes first. One step goes on however many call.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._calls = self._steps = 0
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    @contextmanager
    def call(self) -> Iterator[None]:
        with self._lock:
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1
                self._begin_steps()

    @contextmanager
    def step(self, began: float) -> Iterator[None]:
        """Wait for a turn behind everybody who began earlier."""
        turn = threading.Event()
        with self._lock:
            heapq.heappush(self._waiting, (began, next(self._numbers), turn))
            self._begin_steps()
        turn.wait()
        try:
            yield
        finally:
            with self._lock:
                self._steps -= 1
                self._begin_steps()

    def _begin_steps(self) -> None:
        while self._waiting and (not self._steps or self._calls + self._steps < self._at_once):
            self._steps += 1
            heapq.heappop(self._waiting)[-1].set()


class Line:
    """Calls, one behind the other: so many at a time. Who pays does not stand in line, and is counted."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def call(self, paying: bool) -> AsyncIterator[None]:
        """Raises nothing: a call that has waited for long begins beside the others."""
        if not paying and self._under_way >= self._at_once:
            await self._wait()
        else:
            self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._begin()

    async def _wait(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait_for(turn, PATIENCE_SECONDS)
        except TimeoutError:
            if turn.cancelled():  # a turn that was given in that very moment is counted
                self._under_way += 1

    def _begin(self) -> None:
        while self._waiting and self._under_way < self._at_once:
            turn = self._waiting.popleft()
            if not turn.done():  # it gave up otherwise
                self._under_way += 1
                turn.set_result(None)


def let_people_go_first() -> None:
    """Of a rush of calls a few run at a time, an order before everything else: who holds seats pays before the next
    one chooses. Meanwhile of a burst of purchases fewer steps run, and the purchase that began first goes first, so
    that all wait their turn once and not at every step. A step's own time begins with its turn, and waits for a token
    have none.
    """
    from ministack.services import apigateway, stepfunctions

    answer, invoke = apigateway._invoke_lambda_proxy, stepfunctions._invoke_resource_with_timeout
    turns, line = Turns(STEPS_AT_ONCE), Line(CALLS_AT_ONCE)
    execution = threading.local()  # each has a thread of its own

    async def answered(integration: Any, api: str, stage: str, path: str, method: str, *rest: Any, **more: Any) -> Any:
        looks = method == "GET"  # often for the very thing that steps are about
        with nullcontext() if looks else turns.call():
            async with line.call(paying=(method, path) == PAYING):
                return await answer(integration, api, stage, path, method, *rest, **more)

    def invoked(resource: str, document: Any, timeout: float) -> Any:
        if not hasattr(execution, "began"):
            execution.began = time.monotonic()
        with turns.step(execution.began):
            return invoke(resource, document, timeout)

    apigateway._invoke_lambda_proxy = answered
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
