"""Near the head of the line: told of one's turn over the WebSocket of the running product, and then let in."""

from __future__ import annotations

import asyncio
import itertools
import time

import aiohttp
import pytest

from local.demo import ORGANIZER
from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.journey.buyer import Buyer
from local.journey.site import Site
from local.run import RunningBoxoffice
from tests.journeys.doors import knock
from tests.journeys.evenings import copy_of
from tests.journeys.watcher import Watcher, watcher

_numbers = itertools.count()
LET_IN_WITHIN_SECONDS = 120


@pytest.fixture(scope="module")
def evening(site: RunningBoxoffice) -> str:
    event_id = copy_of(site, "The Debt of Hours", "Told of one's turn", waitingRoom=True)
    token = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER)
    opened = knock(site.site_url, "POST", f"/api/organizer/queues/{event_id}", {"action": "open"}, token)
    assert opened.status == 200
    return event_id


async def watching(own: Watcher, evening: str) -> bool:
    """Whether one has been called already; asked again until the place is known, some seconds after coming."""
    while (answer := await own.ask("watchTurn", eventId=evening))["type"] != "turn.watching":
        assert answer["problem"]["type"].endswith("/turn-not-near")
        await asyncio.sleep(0.5)
    return bool(answer["called"])


def test_one_is_told_when_called_and_when_let_in(site: RunningBoxoffice, evening: str) -> None:
    async def story() -> None:
        async with asyncio.timeout(LET_IN_WITHIN_SECONDS), aiohttp.ClientSession() as http:
            at = await Site.open(site.site_url, http)
            buyer = Buyer(at, f"turn-{next(_numbers)}-{time.time_ns()}@boxoffice.example", seed=1, look_seconds=0)
            await buyer.sign_in()
            await at.api("join", "POST", f"/queue/{evening}/join", json={}, headers=buyer.headers)
            async with watcher(at, http, buyer.headers) as own:
                if not await watching(own, evening):
                    told = await own.next()
                    assert told == {"type": "turn.come", "eventId": evening, "status": "called"}
                await at.api("ready", "POST", f"/queue/{evening}/ready", headers=buyer.headers)
                told = await own.next()
                assert told == {"type": "turn.come", "eventId": evening, "status": "admitted"}
            standing = await at.api("status", "GET", f"/queue/{evening}/status", headers=buyer.headers)
            assert standing["status"] == "admitted"

    asyncio.run(story())
