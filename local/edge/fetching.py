"""How a request is answered: from the cache, by a request already under way, or by the origin."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from local.edge.cache import Answer, Cache, lifetime, may_be_shared
from local.edge.compression import compressed
from local.edge.distribution import Behavior, Distribution
from local.edge.origins import CONDITIONAL, Origins, response_headers
from local.edge.viewer import ViewerRequest, accepted_encodings, cache_key, path_of

BUFFERED_BYTES_MAX = 10_000_000
_UNSHARED_KEYS_MAX = 10_000
_ILL = frozenset({500, 502, 503, 504})


@dataclass
class Reply:
    """An answer on its way to a viewer; `rest` is its body while it is still with the origin."""

    answer: Answer
    x_cache: str
    age_seconds: int | None = None
    rest: aiohttp.ClientResponse | None = None


def edge_error(status: int, title: str) -> Reply:
    """An error of the edge itself, as the viewer sees it."""
    page = f"<!doctype html><title>{status} {title}</title><h1>{status} {title}</h1>\n"
    answer = Answer(status, (("Content-Type", "text/html"),), page.encode())
    return Reply(answer, "Error from cloudfront")


class Fetching:
    """Answers requests for one distribution, with one request to the origin however many ask at once."""

    def __init__(self, distribution: Distribution, origins: Origins, clock: Callable[[], float]) -> None:
        self._distribution = distribution
        self._origins = origins
        self._clock = clock
        self._cache = Cache()
        self._flights: dict[Hashable, asyncio.Task[Reply]] = {}
        self._unshared: set[Hashable] = set()

    async def close(self) -> None:
        """Drop what is under way."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def forget(self, paths: list[str]) -> None:
        """An invalidation: answers at these paths, each perhaps ending in `*`, are asked for anew."""
        exact = {path for path in paths if not path.endswith("*")}
        beginnings = tuple(path.removesuffix("*") for path in paths if path.endswith("*"))

        def is_meant(key: Any) -> bool:
            path = path_of(key)
            return path in exact or path.startswith(beginnings)

        self._cache.forget(is_meant)

    async def obtain(
        self, viewer: ViewerRequest, behavior: Behavior, body: AsyncIterator[bytes] | None = None
    ) -> Reply:
        """The answer of the cache or the origin, or an error of the edge's own."""
        if viewer.method not in behavior.cached_methods or viewer.header("range") is not None:
            return await self._ask(viewer, behavior, body, hold=False)
        key = cache_key(viewer, behavior)
        held = self._held(key)
        now = self._clock()
        if held is not None and now < held.fresh_until:
            return _hit(held, now)
        if behavior.cache.max_ttl == 0 or key in self._unshared:
            return self._remembered(key, behavior, await self._ask(viewer, behavior, body), now)
        return await self._together(key, viewer, behavior, held, now)

    def _held(self, key: tuple[Hashable, ...]) -> Answer | None:
        """A HEAD is answered from what a GET left, too."""
        return self._cache.get(key) or (self._cache.get(("GET", *key[1:])) if key[0] == "HEAD" else None)

    async def _together(
        self, key: Hashable, viewer: ViewerRequest, behavior: Behavior, held: Answer | None, now: float
    ) -> Reply:
        """Request collapsing: the first asks the origin, the others wait for what it gets.

        The request is a task of its own, so that the first viewer's leaving fails nobody. An answer
        that the origin calls private sends every other viewer to the origin.
        """
        leads = key not in self._flights
        if leads:
            flight = self._flights[key] = asyncio.create_task(self._refresh(key, viewer, behavior, held))
            flight.add_done_callback(lambda _: self._flights.pop(key))
        flight = self._flights[key]
        if held is not None and now < held.stale_until:
            if leads:
                flight.add_done_callback(_close_rest)
            return _hit(held, now)
        reply = await asyncio.shield(flight)
        if leads:
            return reply
        if reply.rest is None and may_be_shared(behavior.cache, reply.answer):
            return _hit(reply.answer, now)
        return await self._ask(viewer, behavior)

    async def _refresh(self, key: Hashable, viewer: ViewerRequest, behavior: Behavior, held: Answer | None) -> Reply:
        """A new answer; the held one if the origin confirms it, or while the origin is ill."""
        asked = viewer.without(*CONDITIONAL)
        if held is not None and held.status < 400 and (etag := held.header("etag")) is not None:
            asked = asked.with_header("if-none-match", etag)
        reply = await self._ask(asked, behavior)
        now = self._clock()
        if held is None or held.status >= 400:
            return self._remembered(key, behavior, reply, now)
        if reply.answer.status == 304:
            confirmed = held.confirmed(reply.answer.headers)
            kept = confirmed.kept(now, lifetime(behavior.cache, confirmed, 0))
            self._cache.put(key, kept)
            return Reply(kept, "RefreshHit from cloudfront", age_seconds=0)
        if reply.answer.status in _ILL:
            _close_rest_of(reply)
            seconds = self._distribution.error_response(reply.answer.status).min_ttl
            self._cache.put(key, replace(held, fresh_until=now + seconds))
            return _hit(held, now)
        return self._remembered(key, behavior, reply, now)

    def _remembered(self, key: Hashable, behavior: Behavior, reply: Reply, now: float) -> Reply:
        """Keep what may be kept, and note what nobody may wait for."""
        if reply.rest is not None:
            return reply
        seconds = lifetime(behavior.cache, reply.answer, self._distribution.error_response(reply.answer.status).min_ttl)
        if seconds > 0:
            self._cache.put(key, reply.answer.kept(now, seconds))
        if may_be_shared(behavior.cache, reply.answer):
            self._unshared.discard(key)
        else:
            if len(self._unshared) >= _UNSHARED_KEYS_MAX:
                self._unshared.clear()
            self._unshared.add(key)
        return reply

    async def _ask(
        self,
        viewer: ViewerRequest,
        behavior: Behavior,
        body: AsyncIterator[bytes] | None = None,
        *,
        hold: bool = True,
    ) -> Reply:
        """One request to the origin. `hold` reads the body here, unless it is too large or endless."""
        try:
            response = await self._origins.send(viewer, behavior, body)
            answer = Answer(response.status, _for_viewers(response, behavior), b"")
            if not hold or not _is_small(response):
                return Reply(answer, _missed(answer), rest=response)
            answer = replace(answer, body=await response.read())
        except TimeoutError:
            return edge_error(504, "Gateway Timeout: the origin did not answer in time")
        except aiohttp.ClientError:
            return edge_error(502, "Bad Gateway: the origin could not be reached")
        if behavior.compress and viewer.method == "GET":
            answer = await compressed(answer, accepted_encodings(viewer, behavior))
        return Reply(answer, _missed(answer))


def _for_viewers(response: aiohttp.ClientResponse, behavior: Behavior) -> tuple[tuple[str, str], ...]:
    """CloudFront takes Set-Cookie out where it sends no cookies to the origin."""
    headers = response_headers(response, behavior.origin)
    if behavior.forwards_cookies:
        return headers
    return tuple(pair for pair in headers if pair[0].lower() != "set-cookie")


def _is_small(response: aiohttp.ClientResponse) -> bool:
    """A body of unknown length is taken for small when it is a document, and passed on when it streams."""
    if response.content_length is None:
        return response.content_type in ("application/json", "text/html") or response.status in (204, 304)
    return response.content_length <= BUFFERED_BYTES_MAX


def _missed(answer: Answer) -> str:
    return "Error from cloudfront" if answer.status >= 400 else "Miss from cloudfront"


def _hit(answer: Answer, now: float) -> Reply:
    x_cache = "Error from cloudfront" if answer.status >= 400 else "Hit from cloudfront"
    return Reply(answer, x_cache, age_seconds=max(0, int(now - (answer.stored_at or now))))


def _close_rest_of(reply: Reply) -> None:
    if reply.rest is not None:
        reply.rest.close()


def _close_rest(flight: "asyncio.Task[Reply]") -> None:
    if not flight.cancelled() and flight.exception() is None:
        _close_rest_of(flight.result())
