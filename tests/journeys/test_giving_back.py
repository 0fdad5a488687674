"""Tickets given back on the running product: through the machine, the stand-in and the map."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from local.demo import ORGANIZER
from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.journey.site import Refused
from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of
from tests.journeys.test_buying import Shopper, shopper

AT_ONCE = 6
BUYERS = 5


def test_one_ticket_then_the_rest_at_once(site: RunningBoxoffice) -> None:
    evening = copy_of(site, "The Debt of Hours", "Second thoughts")

    async def story() -> None:
        async with shopper(site, evening) as ada:
            order = await ada.ended(await ada.order())
            first, second = (ticket["ticketId"] for ticket in (await ada.get("/tickets"))["tickets"])
            quote = await ada.get(f"/orders/{order['orderId']}/cancellation?ticketIds={first}")
            given = await cancel(ada, order, {"ticketIds": [first], "expectedRefund": quote["refund"]})
            assert given["status"] == "completed"
            answers = await asyncio.gather(
                *(cancel(ada, order, {"ticketIds": [second]}) for _ in range(AT_ONCE)), return_exceptions=True
            )
            words = sorted(answer.word if isinstance(answer, Refused) else "accepted" for answer in answers)
            assert words == ["accepted", *["nothing-to-cancel"] * (AT_ONCE - 1)]
            async with asyncio.timeout(60):
                while (shown := await ada.get(f"/orders/{order['orderId']}"))["status"] != "refunded":
                    await asyncio.sleep(0.2)
            refunds = [each["refund"]["amount"] for each in shown["cancellations"]]
            assert sum(refunds) == order["fare"]["total"]["amount"] and refunds[0] == quote["refund"]["amount"]
            assert {ticket["status"] for ticket in (await ada.get("/tickets"))["tickets"]} == {"void"}
            wish = {"eventId": evening, "seatIds": [seat["seatId"] for seat in order["seats"]]}
            await ada.site.api("hold", "POST", "/seats/hold", json=wish, headers=ada.headers)

    asyncio.run(story())


async def cancel(ada: Shopper, order: Any, body: Any) -> Any:
    path = f"/orders/{order['orderId']}/cancel"
    return await ada.site.api("cancel", "POST", path, json=body, headers=ada.headers)


def test_a_cancelled_event_gives_everything_back(site: RunningBoxoffice) -> None:
    """Through the distributed map, with the payment service away for a while (I24)."""
    evening = copy_of(site, "The Debt of Hours", "Called off")
    organizer = _organizer(site)

    async def story() -> None:
        async with AsyncExitStack() as stack:
            buyers = [await stack.enter_async_context(shopper(site, evening)) for _ in range(BUYERS)]
            orders = [await buyer.ended(await buyer.order()) for buyer in buyers]
            if site.stripe.standin:
                site.stripe.standin.ask("faults", {"how": "503", "path": "/v1/refunds", "count": BUYERS})
            path = f"/organizer/events/{evening}"
            headers = {"authorization": f"Bearer {organizer}"}
            await buyers[0].site.api("cancel", "POST", f"{path}/cancel", headers=headers)
            async with asyncio.timeout(120):
                while True:
                    shown = await buyers[0].site.api("look", "GET", f"{path}/cancellation", headers=headers)
                    if shown["status"] != "running":
                        break
                    await asyncio.sleep(0.5)
            assert (shown["status"], shown["orders"], shown["done"]) == ("finished", BUYERS, BUYERS), shown
            for buyer, order in zip(buyers, orders, strict=True):
                assert (await buyer.get(f"/orders/{order['orderId']}"))["status"] == "refunded"
                assert {ticket["status"] for ticket in (await buyer.get("/tickets"))["tickets"]} == {"void"}

    asyncio.run(story())


def _organizer(site: RunningBoxoffice) -> str:
    return sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER)
