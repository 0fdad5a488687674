"""What a test or an auditor may ask of the stand-in itself, under `/_standin/`; and its 3-D Secure page."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from . import charges, intents, shapes
from .errors import Json, invalid
from .server import _CORS, StandIn

_LISTED = {
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "transfers": "transfer",
    "disputes": "dispute",
    "balance_transactions": "balance_transaction",
    "events": "event",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Your bank: 3-D Secure (test)</title>
<style>body{{font:16px/1.5 system-ui;max-width:26rem;margin:4rem auto;padding:0 1rem}}button{{font:inherit;
padding:.6rem 1rem;margin:.25rem}}</style><h1>3-D Secure test page</h1><p>Amount: {amount}</p>
<form method="post"><button name="passed" value="true">Complete authentication</button>
<button name="passed" value="false">Fail authentication</button></form></html>"""


def routes(stand_in: StandIn) -> list[web.RouteDef]:
    return _Admin(stand_in).routes()


class _Admin:
    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_standin/ready", self.ready),
            web.get("/_standin/state", self.state),
            web.post("/_standin/reset", self.reset),
            web.post("/_standin/faults", self.plan_fault),
            web.post("/_standin/keys/prune", self.prune_keys),
            web.post("/_standin/search", self.lag_search),
            web.post("/_standin/webhooks", self.set_webhooks),
            web.post("/_standin/webhooks/release", self.release),
            web.post("/_standin/events", self.send_event),
            web.post("/_standin/events/{id}/deliver", self.deliver),
            web.post("/_standin/refunds/{id}", self.end_refund),
            web.post("/_standin/intents/{id}/authentication", self.authenticate),
            web.get("/_standin/3ds/{id}", self.show_challenge),
            web.post("/_standin/3ds/{id}", self.answer_challenge),
        ]

    async def ready(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def state(self, request: web.Request) -> web.Response:
        """Everything for an auditor, oldest first; `ledger` sums the money of each intent."""
        book = self._stand_in.book
        listed: Json = {name: book.all(kind)[::-1] for name, kind in _LISTED.items()}
        listed["ledger"] = [self._sums(intent) for intent in listed["payment_intents"]]
        return web.json_response(
            {**listed, "deliveries": self._stand_in.courier.deliveries, "calls": self._stand_in.calls}
        )

    def _sums(self, intent: Json) -> Json:
        paid = [one for one in self._stand_in.book.all("charge") if one["payment_intent"] == intent["id"]]
        return {
            "payment_intent": intent["id"],
            "metadata": intent["metadata"],
            "status": intent["status"],
            "currency": intent["currency"],
            "held": intent["amount_capturable"],
            "captured": sum(one["amount_captured"] for one in paid),
            "refunded": sum(charges.refunded(one) for one in paid),
        }

    async def reset(self, request: web.Request) -> web.Response:
        self._stand_in.reset()
        return _done()

    async def plan_fault(self, request: web.Request) -> web.Response:
        self._stand_in.faults.plan(await request.json())
        return _done()

    async def prune_keys(self, request: web.Request) -> web.Response:
        self._stand_in.keys.prune()
        return _done()

    async def lag_search(self, request: web.Request) -> web.Response:
        self._stand_in.book.search_lag_seconds = float((await request.json())["lag_seconds"])
        return _done()

    async def set_webhooks(self, request: web.Request) -> web.Response:
        self._stand_in.courier.set_policy(await request.json())
        return _done()

    async def release(self, request: web.Request) -> web.Response:
        wanted: Any = (await request.json()).get("order", "kept")
        return web.json_response({"delivered": await self._stand_in.courier.release(wanted)})

    async def send_event(self, request: web.Request) -> web.Response:
        """An event of the test's own making: `{type, object}`, and attributes to override."""
        wanted = await request.json()
        book = self._stand_in.book
        made = shapes.event(book.new_id("evt"), book.now(), wanted.pop("type"), wanted.pop("object"), book.request)
        made.update(wanted)
        self._stand_in.courier.publish(book.add(made))
        return web.json_response(made)

    async def deliver(self, request: web.Request) -> web.Response:
        self._stand_in.courier.resend(self._stand_in.book.get("event", request.match_info["id"]))
        return _done()

    async def end_refund(self, request: web.Request) -> web.Response:
        """`{status}`: what became of a refund at the buyer's bank."""
        made = self._stand_in.book.get("refund", request.match_info["id"])
        charges.end_refund(self._stand_in.book, made, (await request.json())["status"])
        return _done()

    async def authenticate(self, request: web.Request) -> web.Response:
        """stripe.js reports what the buyer did in its 3-D Secure dialog."""
        answer = await request.json()
        intent = self._secret_holder(request, str(answer.get("client_secret")))
        intents.authenticate(self._stand_in.book, intent, passed=answer.get("passed") is True)
        return _done()

    async def show_challenge(self, request: web.Request) -> web.Response:
        intent = self._secret_holder(request, request.query.get("client_secret", ""))
        amount = html.escape(f"{intent['amount']} {intent['currency']} (minor units)")
        return web.Response(text=_PAGE.format(amount=amount), content_type="text/html")

    async def answer_challenge(self, request: web.Request) -> web.Response:
        intent = self._secret_holder(request, request.query.get("client_secret", ""))
        action = intent["next_action"] or {}
        if "redirect_to_url" not in action:
            raise invalid("This PaymentIntent awaits no redirect.")
        back = action["redirect_to_url"]["return_url"]
        passed = (await request.post()).get("passed") == "true"
        intents.authenticate(self._stand_in.book, intent, passed=passed)
        query = {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if passed else "failed",
        }
        raise web.HTTPSeeOther(f"{back}{'&' if '?' in back else '?'}{urlencode(query)}")

    def _secret_holder(self, request: web.Request, secret: str) -> Json:
        intent = self._stand_in.book.get("payment_intent", request.match_info["id"])
        if intent["client_secret"] != secret:
            raise invalid("The client_secret provided does not match this PaymentIntent.", param="client_secret")
        return intent


def _done() -> web.Response:
    return web.json_response({"done": True}, headers=_CORS)
