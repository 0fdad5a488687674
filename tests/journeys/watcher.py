"""Somebody who has a seat map open: the connection, and the map as the messages make it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from local.journey.site import Site

SECONDS_MAX = 10


class Watcher:
    """One open connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def ask(self, action: str, **asked: Any) -> Any:
        """Send a message; what comes next."""
        await self._socket.send_json({"action": action, **asked})
        return await self.next()

    async def say(self, text: str) -> None:
        await self._socket.send_str(text)

    async def next(self) -> Any:
        async with asyncio.timeout(SECONDS_MAX):
            return await self._socket.receive_json()

    async def end(self) -> int | None:
        """The code the connection was closed with, once it is."""
        async with asyncio.timeout(SECONDS_MAX):
            while not self._socket.closed:
                await self._socket.receive()
        return self._socket.close_code


@asynccontextmanager
async def watcher(site: Site, http: aiohttp.ClientSession, headers: Mapping[str, str]) -> AsyncIterator[Watcher]:
    """A connection opened with a ticket; with somebody's headers it is theirs."""
    ticket = (await site.api("live ticket", "POST", "/live/tickets", headers=headers))["ticket"]
    async with http.ws_connect(live_url(site, ticket)) as socket:
        yield Watcher(socket)


def live_url(site: Site, ticket: str) -> str:
    return f"{site.address.replace('http', 'ws', 1)}/live?ticket={ticket}"


def free_seats(availability: Any, seat_ids: list[str]) -> set[str]:
    """The seats that a snapshot shows as free; `seat_ids` in the chart's order."""
    raw = base64.b64decode(availability["availabilityBitmap"])
    return {seat for i, seat in enumerate(seat_ids) if raw[i >> 3] & (0x80 >> (i & 7))}
