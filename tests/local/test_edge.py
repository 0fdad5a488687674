"""The edge does what CloudFront does: caching, collapsing, keys, methods, headers, errors."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from aiohttp import web

from local.edge.cache import Answer, Cache
from local.edge.policies import UnknownManagedPolicy
from tests.local.edge_world import (
    ALL_METHODS,
    ALL_VIEWER_EXCEPT_HOST,
    CACHING_DISABLED,
    CACHING_OPTIMIZED,
    World,
    behavior,
    cache_policy,
    run,
)

PUBLIC = {"Public": cache_policy((0, 0, 300), queries={"QueryStringBehavior": "all"}, compress=True)}
PUBLIC_BEHAVIOR = {"DefaultCacheBehavior": behavior({"Ref": "Public"}, Compress=True)}


def test_a_hundred_at_once_make_one_request() -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "public, max-age=1"}
        world.origin.gate.clear()
        waiting = [asyncio.create_task(world.get("/map")) for _ in range(100)]
        while not world.origin.asked:
            await asyncio.sleep(0.01)
        world.origin.gate.set()
        answers = await asyncio.gather(*waiting)
        assert [answer.status for answer in answers] == [200] * 100
        assert sorted(answer.headers["X-Cache"] for answer in answers) == [
            *["Hit from cloudfront"] * 99,
            "Miss from cloudfront",
        ]
        assert world.origin.paths == ["/map"]

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


def test_those_who_waited_for_a_private_answer_get_their_own() -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "no-store"}
        world.origin.gate.clear()
        waiting = [asyncio.create_task(world.get("/mine")) for _ in range(5)]
        while not world.origin.asked:
            await asyncio.sleep(0.01)
        world.origin.gate.set()
        answers = await asyncio.gather(*waiting)
        assert {answer.headers["X-Cache"] for answer in answers} == {"Miss from cloudfront"}
        assert len(world.origin.asked) == 5

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


@pytest.mark.parametrize(
    ("ttls", "cache_control", "fresh_after", "stale_after"),
    [
        ((0, 0, 300), "max-age=60", 59, 61),
        ((0, 0, 300), "max-age=60, s-maxage=5", 4, 6),
        ((0, 0, 300), "max-age=900", 299, 301),
        ((30, 60, 300), "max-age=5", 29, 31),
        ((30, 60, 300), "private, no-store", 29, 31),
        ((0, 60, 300), None, 59, 61),
        ((0, 0, 300), None, None, 0),
        ((0, 60, 300), "no-store", None, 0),
        ((0, 60, 300), "private", None, 0),
        ((0, 60, 300), "no-cache", None, 0),
        ((0, 60, 300), "max-age=0", None, 0),
        ((0, 0, 0), "max-age=60", None, 0),
    ],
)
def test_how_long_an_answer_is_kept(
    ttls: tuple[float, float, float], cache_control: str | None, fresh_after: float | None, stale_after: float
) -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": cache_control} if cache_control else {}
        began = world.now
        first = await world.get("/")
        assert first.headers["X-Cache"] == "Miss from cloudfront"
        assert "Age" not in first.headers
        if fresh_after is not None:
            world.now = began + fresh_after
            kept = await world.get("/")
            assert kept.headers["X-Cache"] == "Hit from cloudfront"
            assert kept.headers["Age"] == str(fresh_after)
        world.now = began + stale_after
        assert (await world.get("/")).headers["X-Cache"] == "Miss from cloudfront"
        assert len(world.origin.asked) == 2

    run(scenario, {"DefaultCacheBehavior": behavior({"Ref": "Policy"})}, {"Policy": cache_policy(ttls)})


@pytest.mark.parametrize(
    ("policy", "first", "second", "same"),
    [
        ({}, ("/a?x=1", {}), ("/a?x=2", {}), True),
        ({"queries": {"QueryStringBehavior": "all"}}, ("/a?x=1", {}), ("/a?x=2", {}), False),
        (
            {"queries": {"QueryStringBehavior": "whitelist", "QueryStrings": ["page"]}},
            ("/a?page=1&t=1", {}),
            ("/a?page=1&t=2", {}),
            True,
        ),
        (
            {"queries": {"QueryStringBehavior": "whitelist", "QueryStrings": ["page"]}},
            ("/a?page=1", {}),
            ("/a?page=2", {}),
            False,
        ),
        (
            {"queries": {"QueryStringBehavior": "allExcept", "QueryStrings": ["utm"]}},
            ("/a?utm=1", {}),
            ("/a?utm=2", {}),
            True,
        ),
        ({}, ("/a", {"Authorization": "Bearer x"}), ("/a", {"Authorization": "Bearer y"}), True),
        (
            {"headers": {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]}},
            ("/a", {"Authorization": "Bearer x"}),
            ("/a", {"Authorization": "Bearer y"}),
            False,
        ),
        (
            {"cookies": {"CookieBehavior": "whitelist", "Cookies": ["seat"]}},
            ("/a", {"Cookie": "seat=1; other=1"}),
            ("/a", {"Cookie": "other=2; seat=1"}),
            True,
        ),
        (
            {"cookies": {"CookieBehavior": "whitelist", "Cookies": ["seat"]}},
            ("/a", {"Cookie": "seat=1"}),
            ("/a", {"Cookie": "seat=2"}),
            False,
        ),
        ({}, ("/a", {}), ("/A", {}), False),
    ],
)
def test_what_tells_two_answers_apart(
    policy: dict[str, Any], first: tuple[str, dict[str, str]], second: tuple[str, dict[str, str]], same: bool
) -> None:
    async def scenario(world: World) -> None:
        await world.get(first[0], headers=dict(first[1]))
        await world.get(second[0], headers=dict(second[1]))
        assert len(world.origin.asked) == (1 if same else 2)

    resources = {"Policy": cache_policy((0, 60, 300), **policy)}
    run(scenario, {"DefaultCacheBehavior": behavior({"Ref": "Policy"})}, resources)


def test_the_first_matching_pattern_decides() -> None:
    config = {
        "CacheBehaviors": [
            behavior({"Ref": "Public"}, PathPattern="/api/events*"),
            behavior(PathPattern="/api/*", AllowedMethods=ALL_METHODS),
        ],
        "DefaultCacheBehavior": behavior(CACHING_OPTIMIZED),
    }

    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "max-age=60"}
        for path, kept in [
            ("/api/events?x", True),
            ("/api/orders", False),
            ("/api/../api/orders", False),
            ("/page", True),
        ]:
            await world.get(path)
            again = await world.get(path)
            assert (again.headers["X-Cache"] == "Hit from cloudfront") is kept, path
        assert (await world.get("/api/orders", "POST")).status == 200
        refused = await world.get("/api/events", "POST")
        assert refused.status == 403
        assert refused.headers["X-Cache"] == "Error from cloudfront"
        assert (await world.get("/page", "DELETE")).status == 403
        assert "POST /api/events" not in [f"{asked.method} {asked.path}" for asked in world.origin.asked]

    run(scenario, config, PUBLIC)


def test_only_what_the_policies_name_reaches_the_origin() -> None:
    config = {
        "CacheBehaviors": [
            behavior(PathPattern="/api/*", AllowedMethods=ALL_METHODS, OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST)
        ],
        "DefaultCacheBehavior": behavior({"Ref": "Public"}),
    }
    sent = {
        "Authorization": "Bearer t",
        "Cookie": "a=1",
        "X-Mine": "yes",
        "Connection": "x-mine-too",
        "X-Origin-Secret": "forged",
    }

    async def scenario(world: World) -> None:
        await world.get("/api/orders?a=1&b=%2F", "POST", headers=dict(sent), data=b"body")
        asked = world.origin.asked[-1]
        assert asked.raw_path == "/api/orders?a=1&b=%2F"
        assert world.origin.bodies[-1] == b"body"
        assert asked.headers["Authorization"] == "Bearer t"
        assert asked.headers["Cookie"] == "a=1"
        assert asked.headers["X-Mine"] == "yes"
        assert asked.headers.getall("X-Origin-Secret") == ["value of boxoffice/origin"]
        assert asked.headers["Host"].startswith("127.0.0.1:")
        assert asked.headers["X-Forwarded-For"] == "127.0.0.1"
        await world.get("/public?a=1", headers=dict(sent))
        asked = world.origin.asked[-1]
        assert asked.raw_path == "/public?a=1"
        assert not {"Authorization", "Cookie", "X-Mine"} & set(asked.headers)
        assert asked.headers["User-Agent"] == "Amazon CloudFront"

    run(scenario, config, PUBLIC)


@pytest.mark.parametrize(
    ("policy", "status", "cache_control", "seconds"),
    [
        (CACHING_DISABLED, 404, None, 10),
        (CACHING_DISABLED, 404, "no-store", 10),
        (CACHING_DISABLED, 503, None, 0),
        (CACHING_OPTIMIZED, 404, None, 10),
        (CACHING_OPTIMIZED, 404, "max-age=60", 60),
        (CACHING_OPTIMIZED, 503, None, 0),
        (CACHING_OPTIMIZED, 403, None, 0),
        (CACHING_OPTIMIZED, 403, "max-age=60", 60),
        (CACHING_OPTIMIZED, 409, "max-age=60", 0),
        (CACHING_DISABLED, 401, None, 0),
    ],
)
def test_how_long_an_error_is_kept(policy: str, status: int, cache_control: str | None, seconds: float) -> None:
    async def scenario(world: World) -> None:
        world.origin.status = status
        world.origin.headers = {"Cache-Control": cache_control} if cache_control else {}
        for wait in (0, seconds - 0.5, 1):
            world.now += max(0, wait)
            answer = await world.get("/gone")
            assert answer.status == status
            assert answer.headers["X-Cache"] == "Error from cloudfront"
        assert len(world.origin.asked) == (2 if seconds else 3)

    config = {
        "DefaultCacheBehavior": behavior(policy),
        "CustomErrorResponses": [{"ErrorCode": 503, "ErrorCachingMinTTL": 0}],
    }
    run(scenario, config)


def test_an_error_page_replaces_body_and_status() -> None:
    config = {
        "DefaultCacheBehavior": behavior({"Ref": "Public"}),
        "CustomErrorResponses": [
            {
                "ErrorCode": 404,
                "ResponsePagePath": "/sorry.html",
                "ResponseCode": 410,
                "ErrorCachingMinTTL": 5,
            }
        ],
    }

    async def scenario(world: World) -> None:
        usual = world.origin.answer

        async def answer(request: Any) -> Any:
            world.origin.status = 200 if request.path == "/sorry.html" else 404
            world.origin.body = request.path.encode()
            return await usual(request)

        world.origin.answer = answer  # type: ignore[method-assign]
        sorry = await world.get("/missing")
        assert (sorry.status, sorry.body) == (410, b"/sorry.html")

    run(scenario, config, PUBLIC)


def test_an_ill_origin_is_covered_by_what_was_kept() -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "max-age=1"}
        await world.get("/map")
        world.origin.status, world.origin.body = 503, b"ill"
        world.now += 2
        for _ in range(3):
            answer = await world.get("/map")
            assert (answer.status, answer.body) == (200, b"hello")
        assert len(world.origin.asked) == 2
        world.now += 10.5
        world.origin.status, world.origin.body = 200, b"well"
        assert (await world.get("/map")).body == b"well"

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


def test_a_kept_answer_is_confirmed_by_its_etag() -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "max-age=1", "ETag": '"v1"'}
        await world.get("/map")
        world.now += 2
        confirmed = await world.get("/map")
        assert confirmed.headers["X-Cache"] == "RefreshHit from cloudfront"
        assert confirmed.body == b"hello"
        assert world.origin.asked[-1].headers["If-None-Match"] == '"v1"'
        known = await world.get("/map", headers={"If-None-Match": 'W/"v1"'})
        assert (known.status, known.body) == (304, b"")
        assert len(world.origin.asked) == 2

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


def test_stale_while_revalidate_answers_at_once() -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "max-age=1, stale-while-revalidate=5"}
        await world.get("/map")
        world.now += 2
        world.origin.body = b"newer"
        world.origin.gate.clear()
        assert (await world.get("/map")).body == b"hello"
        world.origin.gate.set()
        while (await world.get("/map")).body != b"newer":
            await asyncio.sleep(0.01)
        assert len(world.origin.asked) == 2

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_documents_are_compressed_as_the_viewer_takes_them(
    accepted: str, encoding: str | None, decode: Callable[[bytes], bytes]
) -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "max-age=60", "Content-Type": "application/json"}
        world.origin.body = b'{"seats": 18000}' * 100
        for expected in ("Miss", "Hit"):
            answer = await world.get("/chart.json", headers={"Accept-Encoding": accepted})
            assert answer.headers["X-Cache"] == f"{expected} from cloudfront"
            assert answer.headers.get("Content-Encoding") == encoding
            assert decode(answer.body) == world.origin.body

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


def test_pictures_and_small_answers_are_left_alone() -> None:
    async def scenario(world: World) -> None:
        for kind, body in [("image/png", b"x" * 5000), ("application/json", b"{}")]:
            world.origin.headers, world.origin.body = {"Content-Type": kind}, body
            answer = await world.get("/" + kind, headers={"Accept-Encoding": "br"})
            assert "Content-Encoding" not in answer.headers

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


def test_cookies_of_the_origin_stay_out_where_none_are_sent_to_it() -> None:
    config = {
        "CacheBehaviors": [behavior(PathPattern="/api/*", OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST)],
        "DefaultCacheBehavior": behavior({"Ref": "Public"}),
    }

    async def scenario(world: World) -> None:
        world.origin.headers = {"Set-Cookie": "seat=1"}
        assert "Set-Cookie" not in (await world.get("/")).headers
        assert (await world.get("/api/x")).headers["Set-Cookie"] == "seat=1"

    run(scenario, config, PUBLIC)


def test_security_headers_come_from_the_policy() -> None:
    security = {
        "ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": True},
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "DENY", "Override": False},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 60,
            "IncludeSubdomains": True,
            "Override": True,
        },
    }
    policy = {
        "Type": "AWS::CloudFront::ResponseHeadersPolicy",
        "Properties": {
            "ResponseHeadersPolicyConfig": {
                "SecurityHeadersConfig": security,
                "CustomHeadersConfig": {"Items": [{"Header": "X-A", "Value": "a", "Override": True}]},
                "RemoveHeadersConfig": {"Items": [{"Header": "X-Powered-By"}]},
            }
        },
    }

    async def scenario(world: World) -> None:
        world.origin.headers = {"X-Powered-By": "y", "X-Frame-Options": "SAMEORIGIN"}
        headers = (await world.get("/")).headers
        assert headers["Content-Security-Policy"] == "default-src 'self'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains"
        assert headers["X-A"] == "a"
        assert "X-Powered-By" not in headers
        assert (await world.get("/", "DELETE")).headers["X-A"] == "a"

    run(
        scenario,
        {"DefaultCacheBehavior": behavior(ResponseHeadersPolicyId={"Ref": "Policy"})},
        {"Policy": policy},
    )


def test_an_unreachable_origin_is_a_502_and_a_slow_one_a_504() -> None:
    async def scenario(world: World) -> None:
        world.origin.gate.clear()
        slow = await world.get("/slow")
        assert (slow.status, slow.headers["X-Cache"]) == (504, "Error from cloudfront")
        nobody = await world.get("/nobody/x")
        assert (nobody.status, nobody.headers["X-Cache"]) == (502, "Error from cloudfront")
        world.origin.gate.set()

    nobody = {
        "Id": "nobody",
        "DomainName": "abc.execute-api.us-east-1.amazonaws.com",
        "CustomOriginConfig": {},
    }
    config = {
        "Origins": [nobody],
        "CacheBehaviors": [behavior(PathPattern="/nobody/*") | {"TargetOriginId": "nobody"}],
        "DefaultCacheBehavior": behavior(),
    }
    run(scenario, config)


def test_large_bodies_pass_through_in_both_directions() -> None:
    async def scenario(world: World) -> None:
        world.origin.body = bytes(range(256)) * 50_000  # 12.8 MB: more than the edge holds
        answer = await world.get("/large", "POST", data=world.origin.body)
        assert answer.body == world.origin.body
        assert world.origin.bodies == [world.origin.body]
        assert (await world.get("/large")).body == world.origin.body

    config = {"DefaultCacheBehavior": behavior(CACHING_OPTIMIZED, AllowedMethods=ALL_METHODS)}
    run(scenario, config)


def test_head_is_answered_from_what_a_get_left() -> None:
    async def scenario(world: World) -> None:
        world.origin.headers = {"Cache-Control": "max-age=60"}
        await world.get("/map")
        head = await world.get("/map", "HEAD")
        assert (head.status, head.headers["Content-Length"]) == (200, "5")
        assert head.headers["X-Cache"] == "Hit from cloudfront"

    run(scenario, PUBLIC_BEHAVIOR, PUBLIC)


def test_the_cache_is_bounded_and_forgets_the_least_recently_used() -> None:
    cache = Cache(bytes_max=11_000)
    for number in range(4):
        cache.put(number, Answer(200, (), b"x" * 2_000))
    cache.get(0)
    cache.put(4, Answer(200, (), b"x" * 2_000))
    assert [number for number in range(5) if cache.get(number)] == [0, 2, 3, 4]


def test_an_unknown_managed_policy_stops_the_edge_with_its_id() -> None:
    with pytest.raises(UnknownManagedPolicy, match="no-such-policy"):
        run(lambda world: asyncio.sleep(0), {"DefaultCacheBehavior": behavior("no-such-policy")})


def test_websockets_pass_through() -> None:
    async def scenario(world: World) -> None:
        async def echo(request: web.Request) -> web.WebSocketResponse:
            world.origin.asked.append(request)
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for message in socket:
                await socket.send_str(f"echo {message.data}")
                if message.data == "bye":
                    await socket.close(code=4001)
            return socket

        world.origin.answer = echo  # type: ignore[method-assign]
        async with world.http.ws_connect(world.site + "/live?ticket=1") as socket:
            await socket.send_str("hello")
            assert await socket.receive_str() == "echo hello"
            await socket.send_str("bye")
            assert await socket.receive_str() == "echo bye"
            await socket.receive()
            assert socket.close_code == 4001
        assert world.origin.asked[0].raw_path == "/live?ticket=1"
        assert world.origin.asked[0].headers["X-Origin-Secret"] == "value of boxoffice/origin"

    run(scenario, {"DefaultCacheBehavior": behavior(OriginRequestPolicyId=ALL_VIEWER_EXCEPT_HOST)})
