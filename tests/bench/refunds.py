"""`make bench-refunds`: an event with 20,000 sold seats is called off, and everybody gets everything back once.

In one process and thread, where the payment service refuses for a quarter of an hour, calls are lost and the machine is
stopped in the middle (`tests.faults.called_off`); beside it some hundred orders on the local cloud, through its own
distributed map. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import aiohttp

from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.run import RunningBoxoffice
from tests.bench.people import Crowd, open_evening, pairs_of, sign_up
from tests.faults import called_off

ORGANIZER = "organizer@boxoffice.example"
AT_ONCE = 12
REFUSALS = 60
"""Of Stripe's, in the middle of the refunds: the SDK's and the machine's own tries outlast them."""
LOOK_EVERY_SECONDS = 1.0
SECONDS_MAX = 300.0


@dataclass
class OnTheCloud:
    orders: int
    refunded_once: int
    status: str
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-refunds", description=__doc__)
    parser.add_argument("--seats", type=int, default=20_000, help="sold (default 20000)")
    parser.add_argument("--cloud-orders", type=int, default=200, help="on the local cloud (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        calling_off = processes.submit(_call_off_in_process, asked.seats, asked.seed)
        cloud = on_the_cloud(asked.cloud_orders)
        house, cpu = calling_off.result()
    print("\n".join(house.violations))
    result = {
        "seats": house.seats,
        "orders": house.orders,
        "refunds": house.refunds,
        "refunded_twice": house.repeats,
        "refusals": house.refused,
        "stopped_at": house.stopped_at,
        "refunded_while_stopped": house.moved_while_stopped,
        "status": house.end["status"],
        "violations": len(house.violations),
        "cpu_seconds": round(cpu, 1),
        "cloud_orders": cloud.orders,
        "cloud_refunded_once": cloud.refunded_once,
        "cloud_status": cloud.status,
        "cloud_refund_seconds": round(cloud.seconds, 1),
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(result))
    in_process = house.end["status"] == "finished" and house.refunds == house.orders and not house.repeats
    on_cloud = cloud.status == "finished" and cloud.refunded_once == cloud.orders
    return 0 if in_process and on_cloud and not house.violations and not house.moved_while_stopped else 1


def _call_off_in_process(seats: int, seed: int) -> tuple[called_off.CalledOff, float]:
    """And the processor time it took."""
    cpu = time.process_time()
    return called_off.run(seats, seed, _say), time.process_time() - cpu


def on_the_cloud(orders: int) -> OnTheCloud:
    """So many orders, all of them completed, then the event is called off while Stripe refuses now and then."""
    with RunningBoxoffice.start(demo="small", on_progress=_say) as site:
        event_id = open_evening(site, max(2_000, orders * 5))
        pairs = pairs_of(site, event_id)
        tokens = sign_up(site, orders, f"refunds-{secrets.token_hex(3)}")
        return asyncio.run(_call_off(site, event_id, tokens, pairs))


async def _call_off(site: RunningBoxoffice, event_id: str, tokens: list[str], pairs: list[list[str]]) -> OnTheCloud:
    standin = site.stripe.standin
    assert standin
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        crowd = Crowd(site, http, event_id)
        bought = await _buy(crowd, tokens, pairs)
        assert {one.status for one in bought} == {"completed"}
        _say(f"{len(bought)} orders completed")
        await asyncio.to_thread(standin.ask, "faults", {"how": "503", "path": "/v1/refunds", "count": REFUSALS})
        began = time.monotonic()
        shown = await _cancel(site, http, event_id)
        seconds = time.monotonic() - began
    state = await asyncio.to_thread(standin.ask, "state")
    ours = {one.order_id for one in bought}
    intents = {one["id"] for one in state["payment_intents"] if one["metadata"].get("order_id") in ours}
    refunds = Counter(one["payment_intent"] for one in state["refunds"])
    return OnTheCloud(len(ours), sum(refunds[one] == 1 for one in intents), shown["status"], seconds)


async def _buy(crowd: Crowd, tokens: list[str], pairs: list[list[str]]) -> list[Any]:
    at_once, seats = asyncio.Semaphore(AT_ONCE), iter(pairs)

    async def one(token: str) -> Any:
        async with at_once:
            hold_id = await crowd.hold(token, next(seats))
            return await crowd.see_to_the_end(token, await crowd.order(token, hold_id))

    return list(await asyncio.gather(*(one(token) for token in tokens)))


async def _cancel(site: RunningBoxoffice, http: aiohttp.ClientSession, event_id: str) -> dict[str, Any]:
    """How far it has come, each time it is looked at; the last of it."""
    token = await asyncio.to_thread(sign_in, site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER)
    headers, path = {"authorization": f"Bearer {token}"}, f"{site.site_url}/api/organizer/events/{event_id}"
    async with http.post(f"{path}/cancel", headers=headers) as answer:
        shown: dict[str, Any] = await answer.json()
    until = time.monotonic() + SECONDS_MAX
    while shown["status"] == "running" and time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        async with http.get(f"{path}/cancellation", headers=headers) as answer:
            shown = await answer.json()
        _say(f"  {shown['done']} of {shown['orders']}, {shown['failed']} failed")
    return shown


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
