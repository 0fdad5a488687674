"""The edge's data plane: behaviour, function, cache, origin, function, headers; in CloudFront's order."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import replace

import aiohttp
from aiohttp import web

from local.edge import events
from local.edge.cache import Answer
from local.edge.distribution import Behavior, Distribution
from local.edge.fetching import Fetching, Reply, edge_error
from local.edge.functions import CODE_BYTES_MAX, FunctionFailed, FunctionRuntime
from local.edge.origins import HOP_BY_HOP, Origins
from local.edge.viewer import ViewerRequest, parse_cookies, parse_query

_URL_BYTES_MAX = 8_192
_CHUNK_BYTES = 64 * 1024
_BODILESS = frozenset({204, 304})


class Edge:
    """Serves one distribution. Create it inside a running event loop."""

    def __init__(
        self,
        distribution: Distribution,
        origins: Origins,
        functions: FunctionRuntime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for behavior in distribution.behaviors:
            for event_type, code in behavior.functions.items():
                if len(code.encode()) > CODE_BYTES_MAX:
                    raise ValueError(f"the {event_type} function of {behavior.pattern} exceeds 10 KB")
        self._distribution = distribution
        self._origins = origins
        self._functions = functions
        self._fetching = Fetching(distribution, origins, clock)

    async def close(self) -> None:
        """End what is under way."""
        await self._fetching.close()
        await self._functions.close()
        await self._origins.close()

    def forget(self, paths: list[str]) -> None:
        """Invalidate these paths, each perhaps ending in `*`."""
        self._fetching.forget(paths)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request of a viewer."""
        viewer = _viewer(request)
        behavior = self._distribution.behavior_for(viewer.path)
        if len(request.raw_path) > _URL_BYTES_MAX:
            return await _send(request, behavior, edge_error(414, "URI Too Long"))
        if viewer.method not in behavior.methods or (viewer.method == "GET" and request.can_read_body):
            return await _send(request, behavior, edge_error(403, "This request is not allowed here"))
        if viewer.path == "/" and self._distribution.default_root_object:
            viewer = replace(viewer, path="/" + self._distribution.default_root_object)
        try:
            asked = await self._before(viewer, behavior)
            if isinstance(asked, Reply):
                return await _send(request, behavior, asked)
            if (asked.header("upgrade") or "").lower() == "websocket":
                return await self._tunnel(request, asked, behavior)
            body = request.content.iter_chunked(_CHUNK_BYTES) if request.can_read_body else None
            reply = await self._with_error_page(await self._fetching.obtain(asked, behavior, body))
            reply = await self._after(asked, behavior, reply)
        except FunctionFailed as problem:
            print(f"The CloudFront Function of {behavior.pattern} failed: {problem}", flush=True)
            reply = edge_error(503, "The CloudFront Function failed")
            reply.x_cache = "FunctionExecutionError from cloudfront"
        return await _send(request, behavior, reply)

    async def _before(self, viewer: ViewerRequest, behavior: Behavior) -> ViewerRequest | Reply:
        """What the viewer-request function makes of the request: another request, or a response."""
        code = behavior.functions.get("viewer-request")
        if code is None:
            return viewer
        returned = await self._functions.run(code, events.request_event(viewer))
        if "statusCode" in returned:
            return Reply(events.generated_answer(returned), "FunctionGeneratedResponse from cloudfront")
        return events.changed_request(viewer, returned)

    async def _after(self, viewer: ViewerRequest, behavior: Behavior, reply: Reply) -> Reply:
        """CloudFront runs no viewer-response function for an error."""
        code = behavior.functions.get("viewer-response")
        if code is None or reply.answer.status >= 400:
            return reply
        returned = await self._functions.run(code, events.response_event(viewer, reply.answer))
        return replace(reply, answer=events.changed_answer(reply.answer, returned))

    async def _with_error_page(self, reply: Reply) -> Reply:
        """The page that the distribution shows for this error, if it has one."""
        custom = self._distribution.error_response(reply.answer.status)
        if reply.answer.status < 400 or custom.page is None:
            return reply
        page = ViewerRequest("GET", custom.page, (), (), (), "127.0.0.1", uuid.uuid4().hex)
        found = await self._fetching.obtain(page, self._distribution.behavior_for(custom.page))
        if reply.rest is not None:
            reply.rest.close()
        status = custom.status or reply.answer.status
        return replace(found, answer=replace(found.answer, status=status), x_cache="Error from cloudfront")

    async def _tunnel(self, request: web.Request, viewer: ViewerRequest, behavior: Behavior) -> web.StreamResponse:
        """A WebSocket, message by message in both directions until one side ends it."""
        try:
            origin = await self._origins.connect(viewer, behavior)
        except aiohttp.WSServerHandshakeError as refused:
            return await _send(request, behavior, edge_error(refused.status, "The origin refused the WebSocket"))
        except (TimeoutError, aiohttp.ClientError):
            return await _send(request, behavior, edge_error(502, "Bad Gateway"))
        socket = web.WebSocketResponse(protocols=[origin.protocol] if origin.protocol else ())
        await socket.prepare(request)
        pumps = [asyncio.create_task(_pump(socket, origin)), asyncio.create_task(_pump(origin, socket))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await origin.close(code=socket.close_code or 1000)
            await socket.close(code=origin.close_code or 1000)
        return socket


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pump(source: Socket, sink: Socket) -> None:
    async for message in source:
        if message.type == aiohttp.WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type == aiohttp.WSMsgType.BINARY:
            await sink.send_bytes(message.data)


def _viewer(request: web.Request) -> ViewerRequest:
    path, _, query = request.raw_path.partition("?")
    headers = tuple((name.lower(), value) for name, value in request.headers.items())
    return ViewerRequest(
        method=request.method,
        path=path,
        query=parse_query(query),
        headers=headers,
        cookies=parse_cookies(value for name, value in headers if name == "cookie"),
        ip=request.remote or "127.0.0.1",
        request_id=uuid.uuid4().hex,
    )


async def _send(request: web.Request, behavior: Behavior, reply: Reply) -> web.StreamResponse:
    """The reply with CloudFront's own headers and those of the response headers policy."""
    answer = reply.answer
    not_modified = answer.status == 200 and reply.rest is None and _has_already(request, answer)
    response = web.StreamResponse(status=304 if not_modified else answer.status)
    for name, value in answer.headers:
        if name.lower() not in HOP_BY_HOP and name.lower() != "content-length":
            response.headers.add(name, value)
    if reply.age_seconds is not None:
        response.headers["Age"] = str(reply.age_seconds)
    response.headers.setdefault("Server", "CloudFront")
    response.headers["X-Cache"] = reply.x_cache
    response.headers["Via"] = "1.1 local.cloudfront.net (CloudFront)"
    response.headers["X-Amz-Cf-Pop"] = "LOCAL"
    _apply_policy(response, behavior)
    length = answer.header("content-length") if request.method == "HEAD" or reply.rest else None
    if answer.status not in _BODILESS and not not_modified:
        if length is not None:
            response.content_length = int(length)
        elif reply.rest is None:
            response.content_length = len(answer.body)
    try:
        await response.prepare(request)
        if request.method != "HEAD" and not not_modified and answer.status not in _BODILESS:
            await _write_body(response, reply)
        await response.write_eof()
    except aiohttp.ClientPayloadError:
        # The origin broke off. Breaking off too is the only way left to say so.
        if request.transport is not None:
            request.transport.abort()
    finally:
        if reply.rest is not None:
            reply.rest.close()
    return response


async def _write_body(response: web.StreamResponse, reply: Reply) -> None:
    if reply.rest is None:
        await response.write(reply.answer.body)
        return
    async for chunk in reply.rest.content.iter_any():
        await response.write(chunk)


def _apply_policy(response: web.StreamResponse, behavior: Behavior) -> None:
    for name in behavior.response_headers.removed:
        response.headers.popall(name, None)
    for name, value, overrides in behavior.response_headers.headers:
        if overrides or name not in response.headers:
            response.headers[name] = value


def _has_already(request: web.Request, answer: Answer) -> bool:
    """Whether the viewer's If-None-Match names what it would be sent."""
    if request.method not in ("GET", "HEAD") or (etag := answer.header("etag")) is None:
        return False
    known = [item.strip().removeprefix("W/") for item in request.headers.get("If-None-Match", "").split(",")]
    return etag.removeprefix("W/") in known or "*" in known
