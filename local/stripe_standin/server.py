"""The HTTP face: authentication, idempotency and faults around the calls of `routes`."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from . import forms, routes
from .book import Book, expanded
from .courier import Courier
from .errors import Json, Refusal
from .faults import Fault, Faults
from .keys import Answer, Keys

SCRIPT = Path(__file__).parent / "stripe.js"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Stripe-Version",
}
# What a browser sees of an intent: nothing of the merchant's own.
_PRIVATE = ("metadata", "latest_charge", "customer", "transfer_group", "transfer_data", "on_behalf_of")


class StandIn:
    """One merchant's Stripe: its book, its keys, its planned faults and its webhook courier."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.faults = Faults()
        self._answering: set[asyncio.Task[Any]] = set()
        self.reset()

    def reset(self) -> None:
        """Begin anew. Whoever still waits for an answer gets none, lest it be noted in the new book."""
        for task in self._answering:
            task.cancel()
        self.book = Book(self.courier.publish)
        self.keys = Keys()
        self.calls: list[Json] = []
        self.faults.clear()
        self.courier.forget()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task
        self._answering.add(task)
        try:
            return await self._answer(request)
        finally:
            self._answering.discard(task)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """One API call, from its key to its stored answer."""
        body = await request.text()
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        fault = self.faults.take(request.method, request.path)
        try:
            run = self._prepare(request, body)
            if fault and fault.prevents and not fault.stored:
                return await self._break(fault, request, key)
            stored = self.keys.begin(key, f"{request.method} {request.path} {body}") if key else None
        except Refusal as refusal:
            return self._respond(request, key, (refusal.status, json.dumps({"error": refusal.error})))
        if stored:
            return await self._deliver(stored, fault, request, key, replayed=True)
        return await self._execute(run, fault, request, key)

    async def _execute(
        self, run: Callable[[], Json], fault: Fault | None, request: web.Request, key: str | None
    ) -> web.StreamResponse:
        kept: Answer | None = None
        try:
            if fault and fault.how == "slow":
                await asyncio.sleep(fault.seconds)
            answer, executed = _server_error(), True
            if not (fault and fault.prevents):
                answer, executed = self._outcome(run)
            if fault and fault.stored:
                answer = _server_error()
            kept = answer if executed else None
        finally:
            if key:
                self.keys.finish(key, kept)
        return await self._deliver(answer, fault, request, key)

    async def _deliver(
        self, answer: Answer, fault: Fault | None, request: web.Request, key: str | None, replayed: bool = False
    ) -> web.StreamResponse:
        """Answer, unless the fault loses the answer on its way."""
        if fault and fault.how not in ("slow", "500"):
            return await self._break(fault, request, key)
        return self._respond(request, key, answer, replayed)

    def _outcome(self, run: Callable[[], Json]) -> tuple[Answer, bool]:
        try:
            return (200, json.dumps(run())), True
        except Refusal as refusal:
            return (refusal.status, json.dumps({"error": refusal.error})), refusal.executed

    def _prepare(self, request: web.Request, body: str) -> Callable[[], Json]:
        """The call, checked as far as it can be without executing it."""
        token = _api_key(request)
        route, run = routes.find(request.method, request.path)
        params = forms.decode(body if request.method == "POST" else request.query_string)
        forms.refuse_unknown(params, route.params)
        browser = token.startswith("pk_test_")
        if browser and not (route.public and self._may_see(request.path, params)):
            raise Refusal(
                401, "invalid_request_error", "This API call cannot be made with a publishable API key.",
                code="secret_key_required",
            )  # fmt: skip
        if not browser and not token.startswith(("sk_test_", "rk_test_")):
            raise Refusal(401, "invalid_request_error", "Invalid API Key provided.")

        def execute() -> Json:
            self.book.request = {
                "id": self.book.new_id("req"),
                "idempotency_key": request.headers.get("Idempotency-Key"),
            }
            self.book.from_browser = browser
            self.book.origin = f"http://{request.host}"
            answer = expanded(self.book, run(self.book, params), params.get("expand"))
            return {name: value for name, value in answer.items() if not browser or name not in _PRIVATE}

        return execute

    def _may_see(self, path: str, params: Json) -> bool:
        if path == "/v1/payment_methods":
            return True
        intent = self.book.get("payment_intent", path.split("/")[3])
        return bool(params.get("client_secret") == intent["client_secret"])

    async def _break(self, fault: Fault, request: web.Request, key: str | None) -> web.StreamResponse:
        if fault.how == "timeout":
            await asyncio.sleep(fault.seconds)
        if fault.how in ("timeout", "reset"):
            self._note(request, key, fault.how, replayed=False)
            _reset(request)
            return web.Response(status=500)  # never arrives
        messages = {
            "429": ("rate_limit", "Request rate limit exceeded."),
            "409": ("lock_timeout", "Lock timeout."),
        }
        if fault.how not in messages:
            return self._respond(request, key, (int(fault.how), _server_error()[1]))
        code, message = messages[fault.how]
        error = {"type": "invalid_request_error", "code": code, "message": message}
        return self._respond(request, key, (int(fault.how), json.dumps({"error": error})))

    def _respond(self, request: web.Request, key: str | None, answer: Answer, replayed: bool = False) -> web.Response:
        self._note(request, key, answer[0], replayed)
        headers = {"Request-Id": self.book.new_id("req"), **_CORS}
        if key:
            headers["Idempotency-Key"] = key
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return web.Response(status=answer[0], text=answer[1], content_type="application/json", headers=headers)

    def _note(self, request: web.Request, key: str | None, outcome: int | str, replayed: bool) -> None:
        call = {"method": request.method, "path": request.path, "key": key}
        self.calls.append({**call, "outcome": outcome, "replayed": replayed})


def _api_key(request: web.Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        value = base64.b64decode(value).decode().partition(":")[0]
    if not value:
        raise Refusal(401, "invalid_request_error", "You did not provide an API key.")
    return value


def _server_error() -> Answer:
    error = {"type": "api_error", "message": "An unknown error occurred."}
    return 500, json.dumps({"error": error})


def _reset(request: web.Request) -> None:
    """Close the connection with RST, so that the client sees it torn and not ended."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def application(stand_in: StandIn) -> web.Application:
    from . import admin

    app = web.Application(middlewares=[_refusals])
    app.router.add_get("/v3/", _script)
    app.router.add_get("/{release:[a-z]+}/stripe.js", _script)
    app.add_routes(admin.routes(stand_in))
    app.router.add_get("/v1/{path:.*}", stand_in.answer)
    app.router.add_post("/v1/{path:.*}", stand_in.answer)
    app.router.add_options("/{path:.*}", _preflight)
    app.on_cleanup.append(lambda _: stand_in.courier.close())
    return app


@web.middleware
async def _refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        return web.json_response({"error": refusal.error}, status=refusal.status, headers=_CORS)


async def _preflight(request: web.Request) -> web.Response:
    return web.Response(status=204, headers={**_CORS, "Access-Control-Max-Age": "600"})


async def _script(request: web.Request) -> web.Response:
    return web.Response(text=SCRIPT.read_text(), content_type="text/javascript", headers=_CORS)
