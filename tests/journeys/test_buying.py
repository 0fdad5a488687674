"""Orders over HTTP on the running product, where requests really run at the same time."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from local.journey.buyer import Buyer
from local.journey.site import Refused, Site
from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of

AT_ONCE = 10
DECLINED, ACCEPTED = "4000000000009995", "4242424242424242"
Story = Callable[["Shopper"], Awaitable[None]]
_numbers = itertools.count()


class Shopper:
    """Somebody who is signed in and has two seats on hold."""

    def __init__(self, site: Site, headers: dict[str, str], hold: Any) -> None:
        self.site, self.headers, self.hold = site, headers, hold

    async def order(self, card: str = ACCEPTED, key: str = "first") -> Any:
        body = {
            "holdId": self.hold["holdId"],
            "paymentInfo": {"paymentMethodId": await self.site.payment_method(card)},
        }
        return await self.place(body, key)

    async def place(self, body: Any, key: str) -> Any:
        headers = self.headers | {"idempotency-key": key}
        return await self.site.api("order", "POST", "/orders", json=body, headers=headers)

    async def get(self, path: str) -> Any:
        return await self.site.api("get", "GET", path, headers=self.headers)

    async def ended(self, order: Any) -> Any:
        async with asyncio.timeout(60):
            while order["status"] == "pending":
                await asyncio.sleep(0.2)
                order = await self.get(f"/orders/{order['orderId']}")
        return order


@pytest.fixture(scope="module")
def evening(site: RunningBoxoffice) -> str:
    return copy_of(site, "The Debt of Hours", "Buying at once")


@asynccontextmanager
async def shopper(running: RunningBoxoffice, evening: str) -> AsyncIterator[Shopper]:
    async with aiohttp.ClientSession() as http:
        site = await Site.open(running.site_url, http)
        number = next(_numbers)
        buyer = Buyer(site, f"shopper-{number}-{evening}@boxoffice.example", seed=number, look_seconds=0)
        await buyer.sign_in()
        wish = {"eventId": evening, "bestAvailable": {"quantity": 2}}
        hold = await site.api("hold", "POST", "/seats/hold", json=wish, headers=buyer.headers)
        yield Shopper(site, buyer.headers, hold)


def tell(site: RunningBoxoffice, evening: str, story: Story) -> None:
    async def telling() -> None:
        async with shopper(site, evening) as somebody:
            await story(somebody)

    asyncio.run(telling())


def test_one_key_at_once_is_one_order(site: RunningBoxoffice, evening: str) -> None:
    async def story(ada: Shopper) -> None:
        method = await ada.site.payment_method(ACCEPTED)
        body = {"holdId": ada.hold["holdId"], "paymentInfo": {"paymentMethodId": method}}
        answers = await asyncio.gather(*(ada.place(body, "one") for _ in range(AT_ONCE)), return_exceptions=True)
        orders = [answer for answer in answers if isinstance(answer, dict)]
        refusals = {answer.word for answer in answers if isinstance(answer, Refused)}
        assert orders and {order["orderId"] for order in orders} == {orders[0]["orderId"]}
        assert refusals <= {"in-progress"} and len(orders) + len(refusals) > 0
        again = await ada.place(body, "one")
        assert again == orders[0]
        assert (await ada.ended(again))["status"] == "completed"
        assert len((await ada.get("/orders"))["orders"]) == 1
        assert len((await ada.get("/tickets"))["tickets"]) == 2

    tell(site, evening, story)


def test_one_hold_at_once_is_bought_once(site: RunningBoxoffice, evening: str) -> None:
    async def story(ada: Shopper) -> None:
        orders = (ada.order(key=f"key-{i}") for i in range(AT_ONCE))
        answers = await asyncio.gather(*orders, return_exceptions=True)
        words = Counter(answer.word if isinstance(answer, Refused) else "accepted" for answer in answers)
        assert words["accepted"] == 1
        assert set(words) <= {"accepted", "purchase-in-progress", "hold-expired", "not-found"}
        [accepted] = (answer for answer in answers if isinstance(answer, dict))
        assert (await ada.ended(accepted))["status"] == "completed"
        assert len((await ada.get("/tickets"))["tickets"]) == 2

    tell(site, evening, story)


def test_a_declined_card_leaves_the_seats_for_another(site: RunningBoxoffice, evening: str) -> None:
    async def story(ada: Shopper) -> None:
        failed = await ada.ended(await ada.order(DECLINED))
        assert (failed["status"], failed["reason"], failed["declineCode"]) == (
            "failed",
            "payment-declined",
            "insufficient_funds",
        )
        hold = await ada.get(f"/seats/hold/{ada.hold['holdId']}")
        assert hold["heldUntil"] == failed["leaseEndsAt"]
        completed = await ada.ended(await ada.order(ACCEPTED, "second"))
        assert completed["status"] == "completed"
        deadline = datetime.fromisoformat(failed["leaseEndsAt"])
        assert datetime.fromisoformat(completed["leaseEndsAt"]) == deadline - timedelta(milliseconds=1)

    tell(site, evening, story)


def test_an_order_is_its_buyers_alone_and_never_kept_by_the_edge(site: RunningBoxoffice, evening: str) -> None:
    async def story(ada: Shopper) -> None:
        order = await ada.order()
        async with shopper(site, evening) as eve:
            with pytest.raises(Refused) as refused:
                await eve.get(f"/orders/{order['orderId']}")
            assert (refused.value.status, refused.value.word) == (404, "not-found")
            assert (await eve.get("/orders"))["orders"] == []
        for path in ("/orders", f"/orders/{order['orderId']}", "/tickets"):
            url = f"{site.site_url}/api{path}"
            async with aiohttp.ClientSession() as http, http.get(url, headers=ada.headers) as answer:
                assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")

    tell(site, evening, story)
