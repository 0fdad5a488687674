"""A join as its client sees it, over HTTP through the edge, and as DynamoDB sees it, by what it consumes."""

from __future__ import annotations

import asyncio
import secrets
import time
from statistics import quantiles
from typing import Any

import aiohttp
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from local.demo.accounts import sign_in
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice
from tests.bench.people import TIMEOUT, open_evening, sign_up
from waitingroom.room import CAPACITY

JOINERS, PEOPLE, ROOMS = 8, 150, 4
"""So many at a time; each of these people joins each of these rooms once."""


def join_over_http(site: RunningBoxoffice) -> float:
    """The 99th percentile of first joins, eight at a time, from the client to the edge, the API and the function."""
    events = [open_evening(site, PEOPLE, waitingRoom=True) for _ in range(ROOMS + 1)]
    organizer = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), "organizer@boxoffice.example")
    for event_id in events:
        Site(site.site_url, organizer).open_room(event_id, CAPACITY)
    print(f"Signing {PEOPLE} people up", flush=True)
    tokens = sign_up(site, PEOPLE, f"bench-{secrets.token_hex(3)}")

    async def everybody() -> list[float]:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:

            async def join(event_id: str, token: str) -> float:
                url, headers = f"{site.site_url}/api/queue/{event_id}/join", {"authorization": f"Bearer {token}"}
                async with free:
                    began = time.perf_counter()
                    async with http.post(url, json={}, headers=headers) as answer:
                        assert answer.status == 200, await answer.text()
                        await answer.read()
                    return (time.perf_counter() - began) * 1000

            free = asyncio.Semaphore(JOINERS)
            await asyncio.gather(
                *(join(events[-1], token) for token in tokens[: 4 * JOINERS])
            )  # every function is awake
            return await asyncio.gather(*(join(event_id, token) for event_id in events[:-1] for token in tokens))

    took = asyncio.run(everybody())
    p50, p99 = quantiles(took, n=2)[0], quantiles(took, n=100)[98]
    print(f"{len(took)} joins over HTTP, {JOINERS} at a time: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)
    return round(p99, 1)


class Units:
    """What DynamoDB says was consumed by every request of every client, PynamoDB's too. A refused write costs one."""

    READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")

    def __enter__(self) -> Units:
        self.writes: list[float] = []
        self.reads: list[float] = []
        self._real = real = BaseClient._make_api_call

        def call(client: BaseClient, operation: str, request: dict[str, Any]) -> Any:
            if client.meta.service_model.service_name != "dynamodb":
                return real(client, operation, request)
            counted = self.reads if operation in self.READS else self.writes
            try:
                answer = real(client, operation, {**request, "ReturnConsumedCapacity": "TOTAL"})
            except ClientError:
                counted.append(1)
                raise
            consumed = answer["ConsumedCapacity"]
            of_tables = consumed if isinstance(consumed, list) else [consumed]
            counted.extend(float(table["CapacityUnits"]) for table in of_tables)
            return answer

        BaseClient._make_api_call = call
        return self

    def __exit__(self, *_: object) -> None:
        BaseClient._make_api_call = self._real
