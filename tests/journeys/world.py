"""An evening of its own on the running site, with somebody who has things there and somebody who wants them."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt

from local.demo import ACCOUNTS, ORGANIZER
from local.demo.accounts import PASSWORD, sign_in
from local.demo.site import client_id
from local.journey.site import Site
from local.run import RunningBoxoffice
from tests.journeys.doors import MISSING, Answer, Door, knock
from tests.journeys.evenings import copy_of

PURCHASE_SECONDS_MAX = 60
SOLD, HELD = ["stallsc-0-0", "stallsc-0-1"], ["stallsc-0-2", "stallsc-0-3"]


@dataclass
class World:
    """Ada has bought two seats and holds two more; Eve has nothing.

    `ada` and `eve` are access tokens, `staff` those of each group.
    """

    site: RunningBoxoffice
    evening: str
    ada: str
    eve: str
    staff: dict[str, str]
    card: str
    adas: dict[str, str]
    """What Ada has, as path parameters."""

    @classmethod
    def make(cls, site: RunningBoxoffice) -> World:
        """`SOLD` bought, `HELD` held."""
        evening = copy_of(site, "The Debt of Hours", "Bad Manners")
        cognito, client = site.cloud.client("cognito-idp"), client_id(site.site_url)
        staff = {group: sign_in(cognito, client, email) for email, group in ACCOUNTS.items()}
        ada, eve = (token_of_somebody_new(site, name) for name in ("ada", "eve"))
        world = cls(site, evening, ada, eve, staff, asyncio.run(_card(site)), {})
        world.adas = MISSING | {"eventId": evening, "holdId": world.hold(ada, SOLD)}
        accepted = world.ask("POST", "/orders", world.order(), ada, idempotency_key="first")
        tickets = world.ended(accepted.json)
        world.adas |= {
            "orderId": accepted.json["orderId"],
            "ticketId": tickets[0]["ticketId"],
            "holdId": world.hold(ada, HELD),
        }
        return world

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        return knock(self.site.site_url, method, f"/api{path}", body, token, **headers)

    def who_may(self, door: Door) -> str:
        """The token of somebody whom this door is for."""
        groups = door.endpoint.callers.groups
        return self.staff[min(groups)] if groups else self.ada

    def hold(self, token: str, seat_ids: list[str]) -> str:
        answer = self.ask("POST", "/seats/hold", {"eventId": self.evening, "seatIds": seat_ids}, token)
        assert answer.status == 201, answer
        return str(answer.json["holdId"])

    def order(self, **changes: Any) -> dict[str, Any]:
        """The body that buys what Ada holds."""
        return {"holdId": self.adas["holdId"], "paymentInfo": {"paymentMethodId": self.card}, **changes}

    def ended(self, order: Any) -> list[Any]:
        """The tickets of an order of Ada's, once it has gone through."""
        deadline = time.monotonic() + PURCHASE_SECONDS_MAX
        while order["status"] == "pending" and time.monotonic() < deadline:
            time.sleep(0.2)
            order = self.ask("GET", f"/orders/{order['orderId']}", token=self.ada).json
        assert order["status"] == "completed", order
        return list(self.ask("GET", "/tickets", token=self.ada).json["tickets"])

    def written(self) -> dict[str, list[str]]:
        """What is on record of this evening, of Ada and of Eve; of the catalog and of keys, everything.

        Without the map, which follows the rows by itself, and without what is left of a claim that has no seats.
        """
        people = (claims_of(token)["sub"] for token in (self.ada, self.eve))
        ours = (self.evening, self.adas["orderId"], *people)
        inventory = [
            item for item in self.items("inventory") if item["pk"]["S"][0] == "R" or {"hold_id", "owned"} & set(item)
        ]
        records = {"inventory": inventory} | {name: self.items(name) for name in ("orders", "payments", "tickets")}
        about_us = {
            name: sorted(text for text in map(_text, items) if any(word in text for word in ours))
            for name, items in records.items()
        }
        created = sorted(_text({"pk": item["pk"], "sk": item["sk"]}) for item in self.items("catalog"))
        return about_us | {"catalog": created, "keys": sorted(map(_text, self.items("idempotency")))}

    def items(self, context: str) -> list[dict[str, Any]]:
        pages = self.tables.get_paginator("scan").paginate(TableName=self.table(context))
        return [item for page in pages for item in page["Items"]]

    @property
    def tables(self) -> Any:
        return self.site.cloud.client("dynamodb")

    def table(self, context: str) -> str:
        [name] = [name for name in self.tables.list_tables()["TableNames"] if context in name.lower()]
        return str(name)


def token_of_somebody_new(site: RunningBoxoffice, name: str, pool: str | None = None, client: str | None = None) -> str:
    """The access token of a new person, of the site's own user pool and client unless told otherwise."""
    cognito = site.cloud.client("cognito-idp")
    client = client or client_id(site.site_url)
    pool = pool or pool_of(site)
    email = f"{name}-{time.time_ns()}@boxoffice.example"
    attributes = [{"Name": "email", "Value": email}]
    cognito.sign_up(ClientId=client, Username=email, Password=PASSWORD, UserAttributes=attributes)
    cognito.admin_confirm_sign_up(UserPoolId=pool, Username=email)
    return sign_in(cognito, client, email)


def pool_of(site: RunningBoxoffice) -> str:
    token = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER)
    return str(claims_of(token)["iss"]).rpartition("/")[2]


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


async def _card(site: RunningBoxoffice) -> str:
    async with aiohttp.ClientSession() as http:
        return await (await Site.open(site.site_url, http)).payment_method("4242424242424242")


def _counts(item: dict[str, Any]) -> bool:
    return item["pk"]["S"].startswith("R#") or bool({"hold_id", "owned"} & set(item))


def _text(item: dict[str, Any]) -> str:
    return json.dumps(item, sort_keys=True, default=repr)
