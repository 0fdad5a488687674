"""Whose turn it is on a laptop's processors."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from local import turn_mends
from local.turn_mends import Turns


def begin(turns: Turns, began: float, went: list[float], go_on: threading.Event) -> threading.Thread:
    """A step that has had its turn, or waits for it."""

    def go() -> None:
        with turns.step(began):
            went.append(began)
            go_on.wait(5)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    await_(lambda: began in went or began in {waiting for waiting, *_ in turns._waiting})
    return thread


def await_(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_step_that_began_first_goes_first() -> None:
    turns, went, go_on = Turns(1), list[float](), threading.Event()
    steps = [begin(turns, began, went, go_on) for began in (9.0, 3.0, 1.0, 2.0)]
    assert went == [9.0]
    go_on.set()
    for step in steps:
        step.join(5)
    assert went == [9.0, 1.0, 2.0, 3.0]


def test_steps_wait_for_calls_but_for_one() -> None:
    turns, went, go_on = Turns(3), list[float](), threading.Event()
    with turns.call():
        with turns.call(), turns.call(), turns.call():
            for began in (1.0, 2.0, 3.0, 4.0):
                begin(turns, began, went, go_on)
            assert went == [1.0]
        await_(lambda: went == [1.0, 2.0])
    await_(lambda: went == [1.0, 2.0, 3.0])
    go_on.set()
    await_(lambda: went == [1.0, 2.0, 3.0, 4.0])


def test_a_call_that_hangs_keeps_nobody_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_mends, "PATIENCE_SECONDS", 0.01)

    async def come_and_go(line: asyncio.Semaphore) -> bool:
        async with AsyncExitStack() as stack:
            await turn_mends._wait_in(line, stack)
            return line.locked()

    async def meet() -> list[bool]:
        line = asyncio.Semaphore(1)
        async with line:
            beside = await come_and_go(line)
        return [beside, line.locked(), await come_and_go(line), line.locked()]

    assert asyncio.run(meet()) == [True, False, True, False]


CALLING = """
import asyncio, sys, threading
from ministack.core import concurrency
from local import turn_mends
if sys.argv[1] == "mended":
    turn_mends.keep_threads()
started, start = [], threading.Thread.start
threading.Thread.start = lambda thread: started.append(thread) or start(thread)

async def call_five_times():
    return [await concurrency.run_reentrant(lambda: number) for number in range(5)]

assert asyncio.run(call_five_times()) == [0, 1, 2, 3, 4]
print(len(started))
"""


@pytest.mark.parametrize(("how", "most", "least"), [("mended", 4, 1), ("plain", 5, 5)])
def test_calls_run_in_threads_that_are_there_already(how: str, most: int, least: int) -> None:
    command = [sys.executable, "-c", CALLING, how]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert least <= int(said) <= most
