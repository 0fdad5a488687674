"""The WebSocket of the running product, through the edge: who may connect, what is told, and how soon."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from local.journey.buyer import Buyer
from local.journey.site import Site
from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of
from tests.journeys.watcher import live_url, watcher

CARD = "4242424242424242"
TOLD_SECONDS_MAX = 1
Story = Callable[[Site, aiohttp.ClientSession], Awaitable[None]]
_numbers = itertools.count()


@pytest.fixture(scope="module")
def evening(site: RunningBoxoffice) -> str:
    return copy_of(site, "The Debt of Hours", "Watched by many")


def tell(running: RunningBoxoffice, story: Story) -> None:
    async def telling() -> None:
        async with aiohttp.ClientSession() as http:
            await story(await Site.open(running.site_url, http), http)

    asyncio.run(telling())


async def somebody(site: Site) -> dict[str, str]:
    """The headers of a new person."""
    buyer = Buyer(site, f"watcher-{next(_numbers)}-{time.time_ns()}@boxoffice.example", seed=1, look_seconds=0)
    await buyer.sign_in()
    return buyer.headers


async def hold(site: Site, headers: dict[str, str], evening: str, quantity: int = 2) -> Any:
    wish = {"eventId": evening, "bestAvailable": {"quantity": quantity}}
    return await site.api("hold", "POST", "/seats/hold", json=wish, headers=headers)


async def has_seen(site: Site, evening: str, steps: Any) -> bool:
    """Whether the map that clients fetch is as new as a message."""
    snapshot = await site.api("map", "GET", f"/events/{evening}/availability")
    versions = {each["section"]: each["version"] for each in snapshot["sectionPricing"]}
    return all(step["version"] <= versions[section] for section, step in steps.items())


def test_a_hold_is_on_everybodys_map_within_a_second(site: RunningBoxoffice, evening: str) -> None:
    async def story(site: Site, http: aiohttp.ClientSession) -> None:
        ada = await somebody(site)
        async with watcher(site, http, {}) as first, watcher(site, http, ada) as second:
            for each in (first, second):
                assert (await each.ask("watchSeats", eventId=evening))["type"] == "seats.watching"
            await hold(site, await somebody(site), evening)  # functions that have never run take longer
            for each in (first, second):
                await each.next()
            held = await hold(site, ada, evening)
            began = time.monotonic()
            told = [await each.next() for each in (first, second)]
            assert time.monotonic() - began < TOLD_SECONDS_MAX
            seats = {seat["seatId"] for seat in held["seats"]}
            assert all(seats == set(each["taken"]) for each in told)
            await site.api("release", "DELETE", f"/seats/hold/{held['holdId']}", headers=ada)
            assert set((await first.next())["freed"]) == seats
            last = (await second.next())["sections"]
            async with asyncio.timeout(TOLD_SECONDS_MAX + 1):  # the edge keeps a copy for a second
                while not await has_seen(site, evening, last):
                    await asyncio.sleep(0.1)

    tell(site, story)


def test_one_is_told_of_ones_own_order_and_of_nobody_elses(site: RunningBoxoffice, evening: str) -> None:
    async def story(site: Site, http: aiohttp.ClientSession) -> None:
        ada, bob = await somebody(site), await somebody(site)
        held = await hold(site, ada, evening)
        payment = {"paymentMethodId": await site.payment_method(CARD)}
        async with (
            watcher(site, http, ada) as owner,
            watcher(site, http, bob) as other,
            watcher(site, http, {}) as guest,
        ):
            order = await site.api(
                "order",
                "POST",
                "/orders",
                json={"holdId": held["holdId"], "paymentInfo": payment},
                headers={**ada, "idempotency-key": "watched"},
            )
            watched = {"orderId": order["orderId"]}
            seen = [await owner.ask("watchOrder", **watched)]
            assert (seen[0]["type"], seen[0]["orderId"]) == ("order.watching", order["orderId"])
            refused = await other.ask("watchOrder", **watched)
            assert refused == await other.ask("watchOrder", orderId="ord_0000000000000000")
            assert refused["problem"]["type"].endswith("/not-found")
            assert (await guest.ask("watchOrder", **watched))["problem"]["status"] == 401
            while seen[-1]["status"] != "completed":
                seen.append(await owner.next())
            assert {each["orderId"] for each in seen} == {order["orderId"]}

    tell(site, story)


def test_a_ticket_opens_one_connection(site: RunningBoxoffice) -> None:
    async def story(site: Site, http: aiohttp.ClientSession) -> None:
        ticket = (await site.api("live ticket", "POST", "/live/tickets"))["ticket"]
        async with http.ws_connect(live_url(site, ticket)):
            for wrong in (ticket, "", "made-up"):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await http.ws_connect(live_url(site, wrong))

    tell(site, story)


def test_an_oversize_frame_ends_the_connection(site: RunningBoxoffice, evening: str) -> None:
    async def story(site: Site, http: aiohttp.ClientSession) -> None:
        async with watcher(site, http, {}) as talker, watcher(site, http, {}) as quiet:
            await talker.say("x" * 40_000)
            assert await talker.end() == 1009
            assert (await quiet.ask("watchSeats", eventId=evening))["type"] == "seats.watching"

    tell(site, story)
