"""Buyers on a running site, over HTTP: many at once, each with a hold of two seats and an order for it."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from catalog.charts import Category, Chart, FocalPoint, Section, encode
from local.demo.accounts import sign_in
from local.demo.houses import houses
from local.demo.season import SMALL, event
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice

PASSWORD = "Curtain-Up-2030"
ROW_SEATS = 48
SEATS = 2
LOOK_FIRST_SECONDS, LOOK_LATER, LOOK_SECONDS_MAX = 0.4, 2.0, 1.2
"""As the client does (`web/src/orders/follow.ts`)."""
ENDED_WITHIN_SECONDS = 150.0
TIMEOUT = aiohttp.ClientTimeout(total=30)
SIGNING_UP_AT_ONCE = 4
OPEN = ("pending", "in_review", "requires_action")
TRIES = 20
PAUSE_SECONDS_MAX = 5.0
"""More than a minute in all: a function that was killed leaves its key in progress for half a minute."""
BUSY = (429, 500, 502, 503, 504)


@dataclass
class Bought:
    """An order on the clock of `time.perf_counter`; `ended` is when its buyer saw how it ended."""

    order_id: str
    posted: float
    accepted: float
    ended: float = 0.0
    status: str = ""


LIMIT = 50
"""Everybody buys at every level, some more to warm up."""


def open_evening(site: RunningBoxoffice, places: int, **terms: Any) -> str:
    """The id of an event on sale with so many standing places; `terms` are the event's own."""
    cognito = site.cloud.client("cognito-idp")
    organizer = Site(site.site_url, sign_in(cognito, client_id(site.site_url), "organizer@boxoffice.example"))
    square = [(0.0, 0.0), (600.0, 0.0), (600.0, 600.0), (0.0, 600.0)]
    floor = Section("floor", "Floor", "floor", square, capacity=places)
    drawing = Chart("Field", 600, 600, FocalPoint(300, 0), [Category("floor", "Floor", "#123456")], [], [floor])
    chart = organizer.bring_chart(encode(drawing), "boxoffice")
    house = houses()[SMALL[0].house]
    wanted = event(SMALL[0], house, organizer.create_venue(house.venue), chart["hash"], datetime.now(UTC))
    wanted["limitPerPerson"] = LIMIT
    prices = next(iter(wanted["pricing"]["prices"].values()))
    wanted["pricing"]["prices"] = {category["key"]: prices for category in chart["categories"]}
    return organizer.create_event(wanted | terms)


def pairs_of(site: RunningBoxoffice, event_id: str) -> list[list[str]]:
    """The event's places, two by two."""
    with urllib.request.urlopen(f"{site.site_url}/api/events/{event_id}", timeout=10) as answer:
        shown = json.load(answer)
    with urllib.request.urlopen(site.site_url + shown["seatMapUrl"], timeout=10) as answer:
        chart = json.load(answer)
    [section] = chart["sections"]
    return [
        [f"{section['key']}-{first // ROW_SEATS}-{first % ROW_SEATS + i}" for i in range(SEATS)]
        for first in range(0, section["capacity"] - SEATS, SEATS)
    ]


def sign_up(site: RunningBoxoffice, count: int, run: str) -> list[str]:
    """Access tokens of so many new people, who have confirmed their addresses."""
    cognito, client = site.cloud.client("cognito-idp"), client_id(site.site_url)
    pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]

    def one(number: int) -> str:
        email = f"{run}-{number}@boxoffice.example"
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS", UserAttributes=attributes)
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
        answer = cognito.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    with ThreadPoolExecutor(SIGNING_UP_AT_ONCE) as threads:
        return list(threads.map(one, range(count)))


class Crowd:
    """Calls of many people through the site's edge."""

    def __init__(self, site: RunningBoxoffice, http: aiohttp.ClientSession, event_id: str) -> None:
        self._site, self._http, self._event_id = site, http, event_id

    async def hold(self, token: str, seat_ids: Sequence[str]) -> str:
        body = {"eventId": self._event_id, "seatIds": list(seat_ids)}
        _, answer = await self._patiently("POST", "/seats/hold", token, body, f"hold-{seat_ids[0]}", wanted=201)
        return str(answer["holdId"])

    async def order(self, token: str, hold_id: str, card: str = "pm_card_visa") -> Bought:
        """Place the order; with the same key again where no answer comes, or none that counts."""
        body = {"holdId": hold_id, "paymentInfo": {"paymentMethodId": card}}
        posted = time.perf_counter()
        _, answer = await self._patiently("POST", "/orders", token, body, f"{hold_id}-{card}", wanted=202)
        return Bought(answer["orderId"], posted, time.perf_counter())

    async def see_to_the_end(self, token: str, bought: Bought) -> Bought:
        """Look at it until it has ended."""
        pause = LOOK_FIRST_SECONDS
        while time.perf_counter() < bought.posted + ENDED_WITHIN_SECONDS:
            await asyncio.sleep(pause)
            pause = min(pause * LOOK_LATER, LOOK_SECONDS_MAX)
            status, order = await self._ask("GET", f"/orders/{bought.order_id}", token)
            if status == 200 and order["status"] not in OPEN:
                bought.ended, bought.status = time.perf_counter(), order["status"]
                return bought
        return bought

    async def _patiently(
        self, method: str, path: str, token: str, body: Any, key: str, wanted: int
    ) -> tuple[int, dict[str, Any]]:
        for attempt in range(TRIES):
            status, answer = await self._ask(method, path, token, body, {"idempotency-key": key})
            if status == wanted:
                return status, answer
            if status not in BUSY and not str(answer.get("type", "")).endswith("in-progress"):
                break
            await asyncio.sleep(min(0.2 * 2**attempt, PAUSE_SECONDS_MAX))
        raise RuntimeError(f"{method} {path}: {status} {answer}")

    async def _ask(
        self, method: str, path: str, token: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        sent = {"authorization": f"Bearer {token}", **(headers or {})}
        url = f"{self._site.site_url}/api{path}"
        try:
            async with self._http.request(method, url, json=body, headers=sent, timeout=TIMEOUT) as answer:
                return answer.status, await answer.json(content_type=None) or {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return 503, {}
