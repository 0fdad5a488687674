"""Fifty maps that follow an event over WebSockets while seats are held, and how late each change came to them."""

from __future__ import annotations

import asyncio
import base64
import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from kit import ids
from local.journey.site import Refused, Site
from tests.journeys.watcher import live_url

SETTLES_SECONDS_MAX = 20
SAMPLERS = 3
SAMPLE_EVERY_SECONDS = 0.04
SEATS = 2
CLOCKS_APART = time.time() - time.perf_counter()


@dataclass(frozen=True)
class Plan:
    """First short sales at rising rates, in holds a second, as long as they are carried; then longer ones at falling

    rates, until one is carried. Holds are asked for at a rate whether or not earlier ones were answered.
    """

    watchers: int
    rates: Sequence[float]
    step_seconds: float
    seconds: float


class LookedAt(Protocol):
    """The tables behind the map: how many writes a seat's row has had, how many of them the map has, and what is free

    by the rows themselves.
    """

    def base_version(self, seat_id: str) -> int: ...

    def version(self, seat_id: str) -> int: ...

    def free(self) -> set[str]: ...


@dataclass
class Follower:
    """A map as a client keeps it: versions by section, and when each seat was told as taken."""

    versions: dict[str, int]
    free: set[str]
    refetches: int = 0
    messages: list[float] = field(default_factory=list)
    told_at: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Another sale: what was counted and noted belongs to the one before."""
        self.refetches = 0
        self.messages.clear()
        self.told_at.clear()

    def hear(self, message: Mapping[str, Any], now: float) -> bool:
        """As `Following` in the web client does; says whether a section has a gap, which only the snapshot heals."""
        self.messages.append(now)
        changing, gap = set(), False
        for section, step in message["sections"].items():
            gap |= step["since"] > self.versions[section]
            if step["since"] <= self.versions[section] < step["version"]:
                changing.add(section)
                self.versions[section] = step["version"]
        for seat in message["taken"]:
            if seat.partition("-")[0] in changing:
                self.free.discard(seat)
                self.told_at.setdefault(seat, now)
        self.free |= {seat for seat in message["freed"] if seat.partition("-")[0] in changing}
        return gap

    def look(self, snapshot: Any, seat_ids: Sequence[str], now: float) -> None:
        """The whole map, of the sections that it shows later than they are known here."""
        self.refetches += 1
        free = _free(snapshot, seat_ids)
        newer = {name for name, version in _versions(snapshot).items() if version > self.versions[name]}
        self.versions |= {name: version for name, version in _versions(snapshot).items() if name in newer}
        for seat in seat_ids:
            if seat.partition("-")[0] in newer and (seat in free) != (seat in self.free):
                self.free ^= {seat}
                if seat not in free:
                    self.told_at.setdefault(seat, now)


@dataclass
class Heard:
    """What one sale at one rate measured, in seconds on one clock."""

    offered: int = 0
    asking_seconds: float = 0.0
    answered_seconds: float = 0.0
    """Until the last answer came."""
    held_at: dict[str, float] = field(default_factory=dict)
    """When the function that held them began, a moment before its write: the hold's id says so."""
    live_lags: list[float] = field(default_factory=list)
    projector_lags: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    refetches: int = 0
    """How often a message said only that there is more than it can tell, and the map was fetched instead."""
    wrong_seats: int = 0
    shortest_pause: float = 0.0
    """Between two messages on one connection."""

    @property
    def offered_per_second(self) -> float:
        return self.offered / self.asking_seconds

    @property
    def achieved_per_second(self) -> float:
        return len(self.held_at) / SEATS / self.answered_seconds


def run(
    site_url: str,
    event_id: str,
    tokens: Sequence[str],
    seat_ids: Sequence[str],
    plan: Plan,
    map_: LookedAt,
    carried: Callable[[float, Heard], bool],
) -> Heard:
    """What was heard in the last sale. Each hold is a pair of neighbours; the people take turns, and a second hold

    gives back their first.
    """
    return asyncio.run(_run(site_url, event_id, tokens, seat_ids, plan, map_, carried))


async def _run(
    site_url: str,
    event_id: str,
    tokens: Sequence[str],
    seat_ids: Sequence[str],
    plan: Plan,
    map_: LookedAt,
    carried: Callable[[float, Heard], bool],
) -> Heard:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        site = await Site.open(site_url, http)
        followers = []
        for _ in range(plan.watchers):
            ticket = (await site.api("ticket", "POST", "/live/tickets"))["ticket"]
            socket = await stack.enter_async_context(http.ws_connect(live_url(site, ticket), max_msg_size=0))
            await socket.send_json({"action": "watchSeats", "eventId": event_id})
            assert (await socket.receive_json())["type"] == "seats.watching"
            snapshot = await site.api("map", "GET", f"/events/{event_id}/availability")
            follower = Follower(_versions(snapshot), _free(snapshot, seat_ids))
            followers.append(follower)
            task = asyncio.create_task(_follow(socket, follower, site, event_id, seat_ids))
            stack.callback(task.cancel)
        sale = _Sale(site, event_id, itertools.cycle(tokens), _wishes(seat_ids), followers, seat_ids, map_)
        lower = [plan.rates[0]]
        for rate in plan.rates[1:]:
            if not carried(rate, await sale.at(rate, plan.step_seconds)):
                break
            lower.append(rate)
        while True:
            rate = lower.pop()
            heard = await sale.at(rate, plan.seconds)
            if carried(rate, heard) or not lower:
                return heard


@dataclass
class _Sale:
    """One sale after another: the seats never come twice."""

    site: Site
    event_id: str
    people: Iterator[str]
    wishes: Iterator[list[str]]
    followers: Sequence[Follower]
    seat_ids: Sequence[str]
    map_: LookedAt

    async def at(self, rate: float, seconds: float) -> Heard:
        heard = Heard()
        for follower in self.followers:
            follower.begin()
        done: set[str] = set()
        sampling = [asyncio.create_task(_sample(self.map_, heard, done)) for _ in range(SAMPLERS)]
        began = time.perf_counter()
        async with asyncio.TaskGroup() as holds:
            for number in range(round(seconds * rate)):
                await asyncio.sleep(began + number / rate - time.perf_counter())
                holds.create_task(_hold(self.site, next(self.people), self.event_id, next(self.wishes), heard))
            heard.asking_seconds = max(seconds, time.perf_counter() - began)
        heard.answered_seconds = max(seconds, time.perf_counter() - began)
        free = await _settled(self.map_, self.followers)
        for task in sampling:
            task.cancel()
        heard.wrong_seats = sum(len(follower.free ^ free) for follower in self.followers)
        heard.refetches = sum(follower.refetches for follower in self.followers)
        heard.live_lags = [
            follower.told_at[seat] - began
            for seat, began in heard.held_at.items()
            for follower in self.followers
            if seat in follower.told_at
        ]
        pauses = (b - a for follower in self.followers for a, b in itertools.pairwise(follower.messages))
        heard.shortest_pause = min(pauses, default=0.0)
        return heard


async def _hold(site: Site, token: str, event_id: str, seats: list[str], heard: Heard) -> None:
    heard.offered += 1
    headers = {"authorization": f"Bearer {token}"}
    try:
        body = {"eventId": event_id, "seatIds": seats}
        hold = await site.api("hold", "POST", "/seats/hold", json=body, headers=headers)
        heard.held_at |= dict.fromkeys(seats, _began(hold["holdId"]))
    except Refused as refused:
        heard.problems.append(refused.word)


async def _follow(
    socket: aiohttp.ClientWebSocketResponse, follower: Follower, site: Site, event_id: str, seat_ids: Sequence[str]
) -> None:
    async for message in socket:
        told = message.json()
        if told["type"] == "seats.changed" and follower.hear(told, time.perf_counter()):
            snapshot = await site.api("map", "GET", f"/events/{event_id}/availability")
            follower.look(snapshot, seat_ids, time.perf_counter())


async def _sample(map_: LookedAt, heard: Heard, done: set[str]) -> None:
    """One hold after the other, the newest that no sampler has taken: how long until the map's item has it."""
    while True:
        fresh = [seat for seat in heard.held_at if seat not in done]
        if not fresh:
            await asyncio.sleep(SAMPLE_EVERY_SECONDS)
            continue
        seat = fresh[-1]
        done.update(fresh)
        version = await asyncio.to_thread(map_.base_version, seat)
        while await asyncio.to_thread(map_.version, seat) < version:
            await asyncio.sleep(SAMPLE_EVERY_SECONDS)
        heard.projector_lags.append(time.perf_counter() - heard.held_at[seat])


def _began(hold_id: str) -> float:
    return int.from_bytes(ids.to_bytes(hold_id)[:6], "big") / 1000 - CLOCKS_APART


async def _settled(map_: LookedAt, followers: Sequence[Follower]) -> set[str]:
    """What is free by the rows, once everybody knows it, or should."""
    deadline = time.perf_counter() + SETTLES_SECONDS_MAX
    while True:
        await asyncio.sleep(1.5)
        free = await asyncio.to_thread(map_.free)
        if time.perf_counter() > deadline or all(each.free == free for each in followers):
            return free


def _wishes(seat_ids: Sequence[str]) -> Iterator[list[str]]:
    """Pairs of neighbours, no seat twice."""
    pairs = [list(pair) for pair in zip(seat_ids[::2], seat_ids[1::2], strict=True)]
    random.Random(7).shuffle(pairs)
    return iter(pairs)


def _versions(snapshot: Any) -> dict[str, int]:
    return {each["section"]: each["version"] for each in snapshot["sectionPricing"]}


def _free(snapshot: Any, seat_ids: Sequence[str]) -> set[str]:
    raw = base64.b64decode(snapshot["availabilityBitmap"])
    return {seat for number, seat in enumerate(seat_ids) if raw[number >> 3] & (0x80 >> (number & 7))}
