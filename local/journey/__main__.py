"""Buyers act over HTTP against a running Boxoffice, each from sign-in to ticket; then the times are told.

The last line is one JSON object. Fails when a buyer did not get tickets or anything was sold twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from local.journey import report
from local.journey.buyer import Bought, Buyer, WentWrong
from local.journey.seating import Chart
from local.journey.site import Refused, Site

T = TypeVar("T")
USUAL = "http://127.0.0.1:8000"
LOOK_SECONDS = 5.0
"""People do not choose seats in no time, nor all in the same instant."""
SIGNING_UP_AT_ONCE = 4
"""Accounts are made before the measured part; a few at a time, since password hashing is slow by design."""
SAY_EVERY_SECONDS = 1.0
TROUBLE = (WentWrong, Refused, aiohttp.ClientError, TimeoutError)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make journey", description=__doc__)
    parser.add_argument("--buyers", type=int, default=20, help="how many buy at once (default 20)")
    parser.add_argument("--event", default="", help="event id or part of its name (default: the largest one)")
    parser.add_argument("--site", default="", help=f"address of a running one (default: {USUAL}, or start one)")
    parser.add_argument("--chart", type=Path, help="a seats.io chart to sell an event on, when one is started")
    parser.add_argument(
        "--look",
        type=float,
        default=LOOK_SECONDS,
        help=f"seconds a buyer looks at the map before choosing seats, at most (default {LOOK_SECONDS:g})",
    )
    parser.add_argument("--seed", type=int, default=1, help="decides which seats the buyers like")
    asked = parser.parse_args()
    if asked.buyers < 1:
        parser.error("at least one buyer")
    with ExitStack() as stack:
        address = asked.site.rstrip("/") or _running() or stack.enter_context(_started(asked.chart))
        try:
            return asyncio.run(_journey(asked, address))
        except aiohttp.ClientError as trouble:
            raise SystemExit(f"No Boxoffice answers at {address}: {trouble}") from trouble


def _running() -> str | None:
    """Where `make run` serves, if it does."""
    try:
        with urllib.request.urlopen(f"{USUAL}/config.json", timeout=2) as answer:  # noqa: S310
            return USUAL if "apiBase" in json.load(answer) else None
    except (OSError, ValueError):
        return None


@contextmanager
def _started(chart: Path | None) -> Iterator[str]:
    """A fresh one on free ports, with all its demo data, that ends with the journey."""
    from local.run import NotStarted, RunningBoxoffice

    try:
        with RunningBoxoffice.start(demo="full", chart=chart, on_progress=_say) as boxoffice:
            yield boxoffice.site_url
    except NotStarted as problem:
        raise SystemExit(str(problem)) from problem


async def _journey(asked: argparse.Namespace, address: str) -> int:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        site = await Site.open(address, http)
        event = await _event(site, asked.event)
        chart = Chart(await site.chart(event["seatMapUrl"]))
        _say(f"{asked.buyers} buyers for {event['name']}, {chart.seat_count} places, at {site.address}")
        _say(f"  each looks at the map for up to {asked.look:g} s")
        buyers = await _signed_in(site, asked)
        site.timings.seconds.clear()
        purchases = await _bought(buyers, event["eventId"], chart)
    _say(report.table(site.timings))
    print(report.summary(asked.buyers, purchases, site.timings), flush=True)
    return 0 if len(purchases) == asked.buyers and not report.double_sold(purchases) else 1


async def _event(site: Site, wanted: str) -> Any:
    """The event asked for, or the one on sale with most places. A list is as old as the edge lets it be."""
    if wanted.startswith("evt_"):
        return await site.api("event", "GET", f"/events/{wanted}")
    listed = (await site.api("list events", "GET", "/events", params={"size": "100"}))["events"]
    found = [event for event in listed if event["status"] == "on_sale" and wanted.lower() in event["name"].lower()]
    if not found:
        raise SystemExit(f"No event on sale is called {wanted!r}. There are: {[e['name'] for e in listed]}")
    details = [await site.api("event", "GET", f"/events/{event['eventId']}") for event in found]
    return max(details, key=lambda event: int(event["seatCount"]))


async def _signed_in(site: Site, asked: argparse.Namespace) -> list[Buyer]:
    run = secrets.token_hex(4)
    buyers = [
        Buyer(site, f"buyer-{run}-{i}@boxoffice.example", asked.seed * 1_000_003 + i, asked.look)
        for i in range(asked.buyers)
    ]
    free = asyncio.Semaphore(SIGNING_UP_AT_ONCE)

    async def sign_in(buyer: Buyer) -> Buyer:
        async with free:
            await buyer.sign_in()
        return buyer

    return [buyer async for buyer in _successes(buyers, sign_in)]


async def _bought(buyers: Sequence[Buyer], event_id: str, chart: Chart) -> list[Bought]:
    return [bought async for bought in _successes(buyers, lambda buyer: buyer.buy(event_id, chart))]


async def _successes(buyers: Sequence[Buyer], act: Callable[[Buyer], Coroutine[Any, Any, T]]) -> AsyncIterator[T]:
    """What all buyers get from acting at once. Tells who got nothing and why."""
    async with _progress(buyers):
        outcomes = await asyncio.gather(*map(act, buyers), return_exceptions=True)
    for buyer, outcome in zip(buyers, outcomes, strict=True):
        if isinstance(outcome, TROUBLE):
            _say(f"{buyer.email} failed while {buyer.doing}: {outcome!r}")
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            yield outcome


@asynccontextmanager
async def _progress(buyers: Sequence[Buyer]) -> AsyncIterator[None]:
    """Tells what the buyers are doing, once a second while it changes, and in the end."""

    def now() -> str:
        return "  " + ", ".join(f"{n} {what}" for what, n in Counter(b.doing for b in buyers).items())

    async def tell() -> None:
        before = ""
        while True:
            if now() != before:
                _say(before := now())
            await asyncio.sleep(SAY_EVERY_SECONDS)

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()
        _say(now())


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
