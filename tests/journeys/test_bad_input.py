"""Bad input at every door of the running product: the exact answer, and nothing written, nothing lost.

Doors and what they take are read from the wiring and the entry points' own types: a new one is covered by itself.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

import jwt
import pytest

from kit.http import BODY_BYTES_MAX
from local.demo.accounts import PASSWORD
from local.demo.site import client_id
from tests import forgeries
from tests.journeys.doors import DOORS, METHODS, MISSING, SIGNED_IN, WITH_BODY, Answer, Door
from tests.journeys.world import World, pool_of, token_of_somebody_new

ANYBODYS = [door for door in SIGNED_IN if not door.endpoint.callers.groups]
OWNED = {"holdId", "orderId", "ticketId"}
TRAVERSALS = [
    "..%2F..%2Fetc%2Fpasswd",
    "%2e%2e%2f",
    "..%5C..%5Cetc",
    "%00",
    "a%0d%0aset-cookie:b=c",
    "%ff",
    "x" * 3_000,
]
ITS_OWN = {"date", "apigw-requestid", "x-amz-cf-id"}
"""Headers that no two answers share."""


def said(doors: Iterable[Door], knock: Callable[[Door], Answer]) -> dict[tuple[int, str], list[str]]:
    """The answers, and which doors gave them: one entry when all agree."""
    answers: dict[tuple[int, str], list[str]] = {}
    for door in doors:
        answers.setdefault(knock(door).said, []).append(door.route)
    return answers


def everywhere(doors: list[Door], status: int, word: str) -> dict[tuple[int, str], list[str]]:
    assert doors
    return {(status, word): [door.route for door in doors]}


# Who is asking (1, 2, 4)


def test_without_a_token(world: World) -> None:
    answers = said(SIGNED_IN, lambda door: world.ask(door.method, door.path(world.adas)))
    assert answers == everywhere(SIGNED_IN, 401, "unauthenticated")


FORGERIES: dict[str, Callable[[World], str]] = {
    "alg none": lambda world: forgeries.unsigned(world.staff["organizer"]),
    "RS256 to HS256": lambda world: forgeries.hashed(world.staff["organizer"], _public_key(world)),
    "kid traversal": lambda world: forgeries.resigned(world.staff["organizer"], kid="../../../../dev/null"),
    "another key": lambda world: forgeries.resigned(world.staff["organizer"]),
    "id token": lambda world: _id_token(world),
    "another issuer": lambda world: _of_another_pool(world),
    "another client": lambda world: _of_another_client(world),
}
"""Expired ones: `tests/kit/test_auth.py`, where the pool's key can be had."""


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_with_a_forged_token(world: World, forge: Callable[[World], str]) -> None:
    token = forge(world)
    answers = said(SIGNED_IN, lambda door: world.ask(door.method, door.path(world.adas), token=token))
    assert answers == everywhere(SIGNED_IN, 401, "invalid-token")


def test_with_the_wrong_role(world: World) -> None:
    doors = [door for door in DOORS if door.endpoint.callers.groups]
    answers = said(doors, lambda door: world.ask(door.method, door.path(world.adas), token=world.ada))
    assert answers == everywhere(doors, 403, "forbidden")


# Other people's things (3, 36)


def test_somebody_elses_looks_like_none_to_the_byte(world: World) -> None:
    for door in [door for door in ANYBODYS if OWNED & set(door.parameters)]:
        theirs, missing = (
            world.ask(door.method, door.path(values), door.good_body, world.eve) for values in (world.adas, MISSING)
        )
        assert theirs.said == (404, "not-found"), door.route
        assert (theirs.body, _comparable(theirs)) == (missing.body, _comparable(missing)), door.route


def test_somebody_elses_hold_cannot_be_bought(world: World) -> None:
    theirs, missing = (
        world.ask("POST", "/orders", world.order(holdId=hold_id), world.eve, idempotency_key=hold_id)
        for hold_id in (world.adas["holdId"], MISSING["holdId"])
    )
    assert theirs.said == (404, "not-found")
    assert theirs.body == missing.body


@pytest.mark.parametrize("strange", TRAVERSALS, ids=lambda text: text[:12])
def test_a_strange_id_leads_nowhere(world: World, strange: str) -> None:
    doors = [door for door in DOORS if door.parameters]
    values = dict.fromkeys(MISSING, strange)

    def knock(door: Door) -> Answer:
        return world.ask(door.method, door.path(values), door.good_body, world.who_may(door), if_match="1")

    assert said(doors, knock) == everywhere(doors, 404, "not-found")
    chart = urllib.request.Request(f"{world.site.site_url}/charts/{strange}")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(chart, timeout=10)
    assert refused.value.code == 404


# Bodies (5, 32)


@pytest.mark.parametrize("field", ["userId", "personId", "price", "status", "fees", "role", "__proto__"])
def test_fields_that_are_not_the_clients_to_send(world: World, field: str) -> None:
    def knock(door: Door) -> Answer:
        return world.ask(door.method, door.path(world.adas), {field: 1}, world.who_may(door), idempotency_key="fields")

    assert said(WITH_BODY, knock) == everywhere(WITH_BODY, 422, "unknown-field")
    asking = [door for door in DOORS if door.endpoint.query is not None]

    def ask(door: Door) -> Answer:
        return world.ask(door.method, f"{door.path(world.adas)}?{field}=1", token=world.who_may(door))

    assert said(asking, ask) == everywhere(asking, 422, "unknown-field")


BODIES = {
    "nothing": (b"", 400, "bad-json"),
    "not JSON": (b"{holdId: 1}", 400, "bad-json"),
    "duplicate keys": (b'{"holdId": "a", "holdId": "b"}', 400, "bad-json"),
    "depth bomb": (b"[" * 20_000, 400, "bad-json"),
    "half a surrogate pair": (rb'{"\ud800": 1}', 400, "bad-json"),
    "no object": (b"[]", 422, "invalid"),
    "NaN": (b"NaN", 422, "invalid"),
    "too large": (b" " * (BODY_BYTES_MAX + 1), 413, "too-large"),
}


@pytest.mark.parametrize(("raw", "status", "word"), BODIES.values(), ids=BODIES)
def test_bodies_that_are_none(world: World, raw: bytes, status: int, word: str) -> None:
    def knock(door: Door) -> Answer:
        return world.ask(door.method, door.path(world.adas), raw, world.who_may(door), idempotency_key="bodies")

    assert said(WITH_BODY, knock) == everywhere(WITH_BODY, status, word)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_another_content_type(world: World, kind: str) -> None:
    def knock(door: Door) -> Answer:
        return world.ask(door.method, door.path(world.adas), b"{}", world.who_may(door), content_type=kind)

    assert said(WITH_BODY, knock) == everywhere(WITH_BODY, 415, "unsupported-media-type")


def test_another_method(world: World) -> None:
    addresses = {door.path(): {other.method for other in DOORS if other.path() == door.path()} for door in DOORS}
    for path, methods in addresses.items():
        for method in set(METHODS) - methods:
            answer = world.ask(method, path, None if method == "GET" else {}, world.ada)
            assert (answer.said, answer.headers["allow"]) == (
                (405, "method-not-allowed"),
                ", ".join(sorted(methods)),
            ), (method, path)


# Who else may see it (39, 40)


def test_what_is_somebodys_is_never_kept(world: World) -> None:
    doors = [door for door in ANYBODYS if door.method == "GET"]
    for door in doors:
        if door.route.startswith("GET /queue/"):
            continue  # this event has no waiting room
        for _ in range(2):
            answer = world.ask("GET", door.path(world.adas), token=world.ada)
            assert answer.status == 200, door.route
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-cache"] == "Miss from cloudfront" and "age" not in answer.headers


def test_no_other_origin_is_allowed(world: World) -> None:
    origin, asked = "https://eve.example", {"access_control_request_method": "POST"}
    for door in DOORS:
        answers = [
            world.ask(door.method, door.path(world.adas), token=world.eve, origin=origin),
            world.ask("OPTIONS", door.path(world.adas), origin=origin, **asked),
        ]
        assert not [name for answer in answers for name in answer.headers if name.startswith("access-control-")]


def _comparable(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ITS_OWN}


def _public_key(world: World) -> Any:
    pool = pool_of(world.site)
    address = f"{world.site.cloud.endpoint_url}/{pool}/.well-known/jwks.json"
    with urllib.request.urlopen(address, timeout=10) as answer:
        keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(json.load(answer)).keys}
    return keys[jwt.get_unverified_header(world.staff["organizer"])["kid"]].key


def _id_token(world: World) -> str:
    cognito, client = world.site.cloud.client("cognito-idp"), client_id(world.site.site_url)
    who = {"USERNAME": "organizer@boxoffice.example", "PASSWORD": PASSWORD}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=who)
    return str(answer["AuthenticationResult"]["IdToken"])


def _of_another_pool(world: World) -> str:
    pool = world.site.cloud.client("cognito-idp").create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
    return token_of_somebody_new(world.site, "ada", pool, _client(world, pool))


def _of_another_client(world: World) -> str:
    pool = pool_of(world.site)
    return token_of_somebody_new(world.site, "ada", pool, _client(world, pool))


def _client(world: World, pool: str) -> str:
    made = world.site.cloud.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool, ClientName="another", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    return str(made["UserPoolClient"]["ClientId"])
