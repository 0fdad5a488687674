"""Whose turn it is on a laptop's processors."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from local.turn_mends import Turns


def test_who_began_first_goes_first() -> None:
    turns, went = Turns(1), list[float]()

    def go(began: float) -> None:
        with turns.one(began):
            went.append(began)

    with turns.one(0.0):
        waiting = [threading.Thread(target=go, args=(began,), daemon=True) for began in (3.0, 1.0, 2.0)]
        for number, thread in enumerate(waiting, 1):
            thread.start()
            deadline = time.monotonic() + 5
            while len(turns._waiting) < number and time.monotonic() < deadline:
                time.sleep(0.001)
    for thread in waiting:
        thread.join(5)
    assert went == [1.0, 2.0, 3.0]


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
