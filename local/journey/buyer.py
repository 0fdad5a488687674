"""What one buyer does, in order."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass
from typing import Any

from local.journey.seating import Chart
from local.journey.site import Refused, Site

TEST_CARD = "4242424242424242"
PASSWORD = "Curtain-Up-2030"  # noqa: S105  of accounts that live as long as the run
SEATS = 2
TRIES_FOR_SEATS = 8
POLL_SECONDS = 0.4
"""As the web client does."""
CODE_WITHIN_SECONDS = 30
ORDER_WITHIN_SECONDS = 120


class WentWrong(Exception):
    """The buyer did not get what was bought."""


@dataclass(frozen=True)
class Bought:
    """A completed purchase. `sent` and `seen` are on the clock of `time.perf_counter`."""

    event_id: str
    seat_ids: tuple[str, ...]
    ticket_ids: tuple[str, ...]
    sent: float
    seen: float


class Buyer:
    """`seed` decides which seats they like, and for how long, up to `look_seconds`, they look at the map."""

    def __init__(self, site: Site, email: str, seed: int, look_seconds: float) -> None:
        self._site, self.email, self._look_seconds = site, email, look_seconds
        self._taste = random.Random(seed)  # noqa: S311  a taste in seats, not a secret
        self.headers: dict[str, str] = {}
        self.doing = "signing up"

    async def sign_in(self) -> None:
        """Make an account, confirm its address with the code from the mail, and sign in."""
        await self._site.cognito(
            "SignUp",
            {
                "Username": self.email,
                "Password": PASSWORD,
                "UserAttributes": [
                    {"Name": "email", "Value": self.email},
                    {"Name": "name", "Value": "Journey Buyer"},
                ],
            },
        )
        code = await self._code_from_mail()
        await self._site.cognito("ConfirmSignUp", {"Username": self.email, "ConfirmationCode": code})
        signed_in = await self._site.cognito(
            "InitiateAuth",
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": self.email, "PASSWORD": PASSWORD},
            },
        )
        token = signed_in["AuthenticationResult"]["AccessToken"]
        self.headers = {"authorization": f"Bearer {token}"}
        self.doing = "signed in"

    async def buy(self, event_id: str, chart: Chart) -> Bought:
        """From looking at the list of events to holding the tickets' PDF."""
        self.doing = "choosing seats"
        await self._site.api("list events", "GET", "/events")
        await self._site.api("event", "GET", f"/events/{event_id}")
        seat_map = await self._site.api("seat map", "GET", f"/events/{event_id}/seatmap")
        await asyncio.sleep(self._taste.uniform(0, self._look_seconds))
        hold = await self._hold(event_id, chart, seat_map["availabilityBitmap"])
        self.doing = "paying"
        payment_method = await self._site.payment_method(TEST_CARD)
        sent = time.perf_counter()
        order = await self._order(hold, payment_method)
        seen = time.perf_counter()
        self._site.timings.add("purchase", seen - sent)
        self.doing = "fetching tickets"
        tickets = await self._tickets(order)
        self.doing = "done"
        seat_ids = tuple(seat["seatId"] for seat in order["seats"])
        if sorted(seat_ids) != sorted(seat["seatId"] for seat in hold["seats"]) or len(tickets) != SEATS:
            raise WentWrong(f"held {hold['seats']}, got tickets {tickets} for {seat_ids}")
        return Bought(event_id, seat_ids, tuple(tickets), sent, seen)

    async def _hold(self, event_id: str, chart: Chart, bitmap: str) -> Any:
        """Somebody may be faster, or the choice may leave a single seat: then look again at what is left."""
        for _ in range(TRIES_FOR_SEATS):
            seat_ids = chart.neighbours(bitmap, SEATS, self._taste)
            if seat_ids is None:
                raise WentWrong("no two free seats next to each other are left")
            wish = {"eventId": event_id, "seatIds": seat_ids}
            try:
                return await self._site.api("hold", "POST", "/seats/hold", json=wish, headers=self.headers)
            except Refused as refused:
                if refused.word not in ("seats-unavailable", "orphan-seat"):
                    raise
            left = await self._site.api("availability", "GET", f"/events/{event_id}/availability")
            bitmap = left["availabilityBitmap"]
        raise WentWrong(f"somebody else was faster {TRIES_FOR_SEATS} times")

    async def _order(self, hold: Any, payment_method: str) -> Any:
        """Place the order and look at it until it is completed."""
        wish = {
            "holdId": hold["holdId"],
            "paymentInfo": {"paymentMethodId": payment_method},
            "delivery": {"method": "email"},
            "expectedTotal": hold["fare"]["total"],
        }
        headers = self.headers | {"idempotency-key": f"journey-{hold['holdId']}"}
        order = await self._site.api("order", "POST", "/orders", json=wish, headers=headers)
        until = time.perf_counter() + ORDER_WITHIN_SECONDS
        while order["status"] == "pending":
            if time.perf_counter() > until:
                raise WentWrong(f"{order['orderId']} is pending after {ORDER_WITHIN_SECONDS} s")
            await asyncio.sleep(POLL_SECONDS)
            path = f"/orders/{order['orderId']}"
            order = await self._site.api("order status", "GET", path, headers=self.headers)
        if order["status"] != "completed":
            raise WentWrong(f"{order['orderId']} {order['status']}: {order.get('reason')}")
        return order

    async def _tickets(self, order: Any) -> list[str]:
        """The order's tickets from the list, one of them with its code, and its PDF."""
        mine = await self._site.api("tickets", "GET", "/tickets", headers=self.headers)
        ids = [str(ticket["ticketId"]) for ticket in mine["tickets"] if ticket["orderId"] == order["orderId"]]
        if ids:
            ticket = await self._site.api("ticket", "GET", f"/tickets/{ids[0]}", headers=self.headers)
            pdf = await self._site.api("pdf", "GET", f"/tickets/{ids[0]}/pdf", headers=self.headers)
            if not ticket["code"] or not pdf.startswith(b"%PDF"):
                raise WentWrong(f"ticket {ids[0]} has no code or no PDF")
        return ids

    async def _code_from_mail(self) -> str:
        until = time.perf_counter() + CODE_WITHIN_SECONDS
        while time.perf_counter() < until:
            for message in (await self._site.mail(self.email))["mails"]:
                if found := re.search(r"\b\d{6}\b", message["text"]):
                    return found[0]
            await asyncio.sleep(POLL_SECONDS)
        raise WentWrong(f"no verification code came to {self.email}")
