"""A crowd of buyers outside the server's processes: each client makes one try after another, each as a new person."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from inventory import claims, writes
from tests import harness
from tests.bench.wishes import Wish

PROCESSES_MAX = 4
RUN_SECONDS = 6.0
"""Then no new try begins."""
RUN_SECONDS_MAX = 45
TIMEOUT = aiohttp.ClientTimeout(total=20)


@dataclass(frozen=True)
class Outcome:
    """What became of a try. `seat_ids`: held, or for a refusal those that somebody else was said to have."""

    wish: Wish
    seat_ids: Sequence[str]
    hold_id: str
    problem: str
    seconds: float
    cpu_seconds: float = 0.0
    write_units: float = 0.0
    read_units: float = 0.0


_ready: Any = None
"""In a child process: the barrier that all of them start from."""

Try = Callable[[Wish], Outcome]
Run = tuple[list[Outcome], float]
"""Every outcome, and the seconds from the first try to the last answer."""
Answer = TypeVar("Answer")


class Broken(RuntimeError):
    """A run that did not come to its end, in a sentence: all that comes safely from one process to another."""


def by_store(make: Callable[[], Try], environment: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    """Clients as threads of a few processes; `make` prepares a process for its tries. Raises Broken."""
    processes = min(clients, PROCESSES_MAX)
    share = [clients // processes + (number < clients % processes) for number in range(processes)]
    jobs = [(make, wishes[number::processes], threads) for number, threads in enumerate(share)]
    parts = _in_processes(_tries, jobs, environment)
    outcomes = [outcome for part, _, _ in parts for outcome in part]
    return outcomes, max(end for _, _, end in parts) - min(start for _, start, _ in parts)


def by_http(site_url: str, event_id: str, tokens: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    """Clients as tasks of one process of their own. Raises Broken."""
    [run] = _in_processes(_visit, [(site_url, event_id, tokens, wishes, clients)], {})
    return run


def _in_processes(
    function: Callable[..., Answer], jobs: Sequence[tuple[Any, ...]], environment: dict[str, str]
) -> list[Answer]:
    spawn = multiprocessing.get_context("spawn")
    prepared = (spawn.Barrier(len(jobs)), environment)
    with ProcessPoolExecutor(len(jobs), spawn, initializer=_prepare, initargs=prepared) as pool:
        running = [pool.submit(_told, function, job) for job in jobs]
        children = list(pool._processes.values())
        try:
            return [answer.result(timeout=RUN_SECONDS_MAX) for answer in running]
        except TimeoutError:
            for child in children:
                child.kill()
            raise Broken(f"No end after {RUN_SECONDS_MAX} seconds.") from None
        except BrokenProcessPool:
            raise Broken("A process of the clients died.") from None


def _prepare(ready: Any, environment: dict[str, str]) -> None:
    global _ready
    _ready = ready
    os.environ.update(environment)


def _told(function: Callable[..., Answer], job: tuple[Any, ...]) -> Answer:
    try:
        return function(*job)
    except Exception as broken:  # noqa: BLE001  many an error does not survive the way to the other process
        traceback.print_exc()
        raise Broken(f"{type(broken).__name__}: {broken}") from None


def _tries(make: Callable[[], Try], wishes: Sequence[Wish], threads: int) -> tuple[list[Outcome], float, float]:
    attempt = make()
    harness.prepare_clients()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_connect, [threading.Barrier(threads)] * threads))
        _ready.wait(timeout=RUN_SECONDS_MAX)
        start = time.time()
        made = pool.map(lambda wish: attempt(wish) if time.time() < start + RUN_SECONDS else None, wishes)
        return [outcome for outcome in made if outcome], start, time.time()


def _connect(together: threading.Barrier) -> None:
    """A connection for each thread, as a warm function has one."""
    together.wait(timeout=RUN_SECONDS_MAX)
    key = {"pk": {"S": "nothing"}, "sk": {"S": "nothing"}}
    writes.client().get_item(TableName=os.environ["TABLE_INVENTORY"], Key=key)
    claims.load("nobody", "nothing")


def _visit(site_url: str, event_id: str, tokens: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    return asyncio.run(_tasks(f"{site_url}/api/seats/hold", event_id, tokens, wishes, clients))


async def _tasks(url: str, event_id: str, tokens: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    left = iter(wishes)
    outcomes: list[Outcome] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients), timeout=TIMEOUT) as http:

        async def client() -> None:
            while time.perf_counter() < start + RUN_SECONDS and (wish := next(left, None)):
                headers = {"authorization": f"Bearer {tokens[wish.person]}"}
                outcomes.append(await _ask(http, url, {"eventId": event_id, **wish.body()}, headers, wish))

        start = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return outcomes, time.perf_counter() - start


async def _ask(
    http: aiohttp.ClientSession, url: str, body: dict[str, Any], headers: dict[str, str], wish: Wish
) -> Outcome:
    asked = time.perf_counter()
    try:
        async with http.post(url, json=body, headers=headers) as answer:
            told = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as broken:
        return Outcome(wish, [], "", f"no answer: {type(broken).__name__}", time.perf_counter() - asked)
    seconds = time.perf_counter() - asked
    problem = "" if answer.status == 201 else str(told["type"]).rpartition("/")[2]
    seats = [seat["seatId"] for seat in told["seats"]] if not problem else told.get("seatIds", [])
    return Outcome(wish, seats, told.get("holdId", ""), problem, seconds)
