"""A toy origin behind the edge, described by a small hand-written template."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDictProxy
from yarl import URL

from local.edge.distribution import read_distribution
from local.edge.functions import FunctionRuntime
from local.edge.origins import Origins
from local.edge.server import Edge
from local.edge.template import Assembly

Json = dict[str, Any]
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
TOY_READ_TIMEOUT_SECONDS = 0.5
ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


@dataclass
class Origin:
    """Answers what a test tells it to, and remembers what it was asked."""

    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"hello"
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(b"".join([chunk async for chunk in request.content.iter_any()]))
        await self.gate.wait()
        if "ETag" in self.headers and request.headers.get("If-None-Match") == self.headers["ETag"]:
            return web.Response(status=304, headers=self.headers)
        return web.Response(status=self.status, headers=self.headers, body=self.body)

    @property
    def paths(self) -> list[str]:
        return [request.raw_path for request in self.asked]


@dataclass
class World:
    """What a scenario has in hand."""

    site: str
    origin: Origin
    http: aiohttp.ClientSession
    edge: Edge
    now: float = 1000.0

    async def get(self, path: str, method: str = "GET", **options: Any) -> "Got":
        options.setdefault("headers", {}).setdefault("Accept-Encoding", "identity")
        url = URL(self.site + path, encoded=True)
        async with self.http.request(method, url, allow_redirects=False, **options) as response:
            return Got(response.status, response.headers, await response.read())


@dataclass(frozen=True)
class Got:
    """What a viewer got; the body still encoded."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


def behavior(policy: str | Json = CACHING_DISABLED, **more: Any) -> Json:
    return {"TargetOriginId": "toy", "CachePolicyId": policy, "ViewerProtocolPolicy": "https-only", **more}


def cache_policy(
    ttls: tuple[float, float, float],
    queries: Json | None = None,
    headers: Json | None = None,
    cookies: Json | None = None,
    compress: bool = False,
) -> Json:
    return {
        "Type": "AWS::CloudFront::CachePolicy",
        "Properties": {
            "CachePolicyConfig": {
                "MinTTL": ttls[0],
                "DefaultTTL": ttls[1],
                "MaxTTL": ttls[2],
                "ParametersInCacheKeyAndForwardedToOrigin": {
                    "QueryStringsConfig": queries or {"QueryStringBehavior": "none"},
                    "HeadersConfig": headers or {"HeaderBehavior": "none"},
                    "CookiesConfig": cookies or {"CookieBehavior": "none"},
                    "EnableAcceptEncodingBrotli": compress,
                    "EnableAcceptEncodingGzip": compress,
                },
            }
        },
    }


def function(code: str) -> Json:
    return {"Type": "AWS::CloudFront::Function", "Properties": {"FunctionCode": code}}


def run(scenario: Callable[[World], Awaitable[None]], config: Json, resources: Json | None = None) -> None:
    """Run a scenario against an edge with this DistributionConfig (origins are added)."""

    async def all_of_it() -> None:
        async with asyncio.timeout(30), world(config, resources or {}) as started:
            await scenario(started)

    asyncio.run(all_of_it())


@asynccontextmanager
async def world(config: Json, resources: Json) -> AsyncIterator[World]:
    origin = Origin()
    origin.gate.set()
    async with (
        served(lambda request: origin.answer(request)) as origin_port,
        aiohttp.ClientSession(auto_decompress=False) as http,
    ):
        toy = {
            "Id": "toy",
            "DomainName": "127.0.0.1",
            "CustomOriginConfig": {
                "HTTPPort": origin_port,
                "OriginProtocolPolicy": "http-only",
                "OriginReadTimeout": TOY_READ_TIMEOUT_SECONDS,
            },
            "OriginCustomHeaders": [
                {
                    "HeaderName": "x-origin-secret",
                    "HeaderValue": "{{resolve:secretsmanager:boxoffice/origin:SecretString:::}}",
                }
            ],
        }
        distribution = {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": config | {"Origins": [toy, *config.get("Origins", [])]}},
        }
        template = json.loads(json.dumps({"Resources": {"Site": distribution, **resources}}))
        assembly = Assembly({"Toy": template}, lambda stack, name: name, "us-east-1")
        read = read_distribution(assembly, lambda secret_id, json_key: f"value of {secret_id}")
        started = World("", origin, http, None)  # type: ignore[arg-type]
        edge = Edge(read, Origins("http://127.0.0.1:9", "us-east-1"), FunctionRuntime(), lambda: started.now)
        started.edge = edge
        try:
            async with served(edge.handle) as port:
                started.site = f"http://127.0.0.1:{port}"
                yield started
        finally:
            await edge.close()


@asynccontextmanager
async def served(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[int]:
    """A server on a free port of the loopback interface."""
    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)  # type: ignore[arg-type]
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
