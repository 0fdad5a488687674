"""Whose turn it is on a laptop's processors."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from local import turn_mends
from local.turn_mends import Line, Turns


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


async def stand(line: Line, name: str, went: list[str], leave: asyncio.Event, *, paying: bool = False) -> None:
    async with line.call(paying=paying):
        went.append(name)
        await leave.wait()


async def soon() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_pays_stands_in_no_line_and_the_line_waits_for_it() -> None:
    async def rush() -> list[list[str]]:
        line, went, seen = Line(1), list[str](), list[list[str]]()
        leave = {name: asyncio.Event() for name in ("look", "pay", "second", "third")}
        for name in leave:
            asyncio.ensure_future(stand(line, name, went, leave[name], paying=name == "pay"))  # noqa: RUF006
        for name in leave:
            await soon()
            seen.append(list(went))
            leave[name].set()
        return seen

    both = ["look", "pay"]
    assert asyncio.run(rush()) == [both, both, [*both, "second"], [*both, "second", "third"]]


def test_a_call_that_hangs_keeps_nobody_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_mends, "PATIENCE_SECONDS", 0.01)

    async def meet() -> list[str]:
        line, went, leave = Line(1), list[str](), asyncio.Event()
        hanging = asyncio.ensure_future(stand(line, "hangs", went, leave))
        await soon()
        async with line.call(paying=False):
            went.append("beside it")
        leave.set()
        await hanging
        async with asyncio.timeout(1), line.call(paying=False):
            went.append("after it")
        return went

    assert asyncio.run(meet()) == ["hangs", "beside it", "after it"]


def test_who_gives_up_in_line_leaves_it() -> None:
    async def meet() -> list[str]:
        line, went, leave = Line(1), list[str](), asyncio.Event()
        first, second, third = (
            asyncio.ensure_future(stand(line, name, went, leave)) for name in ("first", "second", "third")
        )
        await soon()
        second.cancel()
        await soon()
        leave.set()
        await asyncio.gather(first, third)
        async with asyncio.timeout(1), line.call(paying=False):
            return went

    assert asyncio.run(meet()) == ["first", "third"]


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
