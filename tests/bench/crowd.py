"""A crowd of buyers outside the server's processes: each client makes one try after another, each as a new person."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import aiohttp

from inventory import claims, writes
from tests.bench.wishes import Wish

PROCESSES_MAX = 4
RUN_SECONDS = 8.0
"""Then no new try begins."""
RUN_SECONDS_MAX = 60
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


def by_store(make: Callable[[], Try], environment: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    """Clients as threads of a few processes; `make` prepares a process for its tries."""
    processes = min(clients, PROCESSES_MAX)
    share = [clients // processes + (number < clients % processes) for number in range(processes)]
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(processes)
    with spawn.Pool(processes, _prepare, (ready, environment)) as pool:
        jobs = [(make, wishes[number::processes], threads) for number, threads in enumerate(share)]
        parts = pool.starmap_async(_tries, jobs, chunksize=1).get(timeout=RUN_SECONDS_MAX)
    outcomes = [outcome for part, _, _ in parts for outcome in part]
    return outcomes, max(end for _, _, end in parts) - min(start for _, start, _ in parts)


def _prepare(ready: Any, environment: dict[str, str]) -> None:
    global _ready
    _ready = ready
    os.environ.update(environment)


def _tries(make: Callable[[], Try], wishes: Sequence[Wish], threads: int) -> tuple[list[Outcome], float, float]:
    attempt = make()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_connect, [threading.Barrier(threads)] * threads))
        _ready.wait(timeout=RUN_SECONDS_MAX)
        start = time.time()
        made = pool.map(lambda wish: attempt(wish) if time.time() < start + RUN_SECONDS else None, wishes)
        try:
            return [outcome for outcome in made if outcome], start, time.time()
        except Exception as broken:  # many of the product's errors do not survive the way to the other process
            raise RuntimeError(traceback.format_exc()) from broken


def _connect(together: threading.Barrier) -> None:
    """A connection for each thread, as a warm function has one."""
    together.wait(timeout=RUN_SECONDS_MAX)
    key = {"pk": {"S": "nothing"}, "sk": {"S": "nothing"}}
    writes.client().get_item(TableName=os.environ["TABLE_INVENTORY"], Key=key)
    claims.load("nobody", "nothing")


def by_http(site_url: str, event_id: str, tokens: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    """Clients as tasks of one process of their own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        job = pool.apply_async(_visit, (site_url, event_id, tokens, wishes, clients))
        return job.get(timeout=RUN_SECONDS_MAX)


def _visit(site_url: str, event_id: str, tokens: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    return asyncio.run(_tasks(site_url, event_id, tokens, wishes, clients))


async def _tasks(site_url: str, event_id: str, tokens: dict[str, str], wishes: Sequence[Wish], clients: int) -> Run:
    left = iter(wishes)
    outcomes: list[Outcome] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients)) as http:

        async def client() -> None:
            while time.perf_counter() < start + RUN_SECONDS and (wish := next(left, None)):
                body = {"eventId": event_id, **wish.body()}
                headers = {"authorization": f"Bearer {tokens[wish.person]}"}
                asked = time.perf_counter()
                url = f"{site_url}/api/seats/hold"
                async with http.post(url, json=body, headers=headers, timeout=TIMEOUT) as answer:
                    told = await answer.json(content_type=None)
                seconds = time.perf_counter() - asked
                problem = "" if answer.status == 201 else str(told["type"]).rpartition("/")[2]
                seats = [seat["seatId"] for seat in told["seats"]] if not problem else told.get("seatIds", [])
                outcomes.append(Outcome(wish, seats, told.get("holdId", ""), problem, seconds))

        start = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return outcomes, time.perf_counter() - start
