"""Whose access token counts: the pool's own, for our client, used as such, in its time. Case 2."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from kit.auth import SIGNED_IN
from kit.http import Call, endpoint
from tests import forgeries, harness


@endpoint(callers=SIGNED_IN)
def handler(call: Call) -> dict[str, str]:
    return {"who": call.caller.person_id}


ENTRY = SimpleNamespace(handler=handler)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def ask(authorization: str) -> tuple[int, str]:
    status, answer, headers = harness.call(ENTRY, headers={"authorization": authorization})
    if status == 401:
        assert headers["www-authenticate"] == "Bearer"
    return status, answer.get("who") or answer["type"].rpartition("/")[2]


def token(**claims: Any) -> str:
    return harness.access_token("ada", **claims)


def signed(**header: Any) -> str:
    claims = jwt.decode(token(), options={"verify_signature": False})
    return str(jwt.encode(claims, harness.signing_key(), algorithm="RS256", headers=header))


FORGED: dict[str, Callable[[], str]] = {
    "no token at all": lambda: "three.little.words",
    "not even text": lambda: "\u00e9\u0000.e30.",
    "alg none": lambda: forgeries.unsigned(token()),
    "alg none with a signature": lambda: forgeries.relabelled(token(), alg="none"),
    "RS256 to HS256": lambda: forgeries.hashed(token(), harness.signing_key().public_key()),
    "another key under our key's name": lambda: forgeries.resigned(token()),
    "another key, brought along": lambda: forgeries.resigned(token(), jku="https://eve.example/keys"),
    "kid traversal": lambda: forgeries.resigned(token(), kid="../../../../dev/null"),
    "kid changed": lambda: forgeries.relabelled(token(), kid="another"),
    "kid is a list": lambda: forgeries.relabelled(token(), kid=[harness.KEY_ID]),
    "no kid": signed,
    "another issuer": lambda: token(iss="https://issuer.test/other"),
    "another client": lambda: token(client_id="another-client"),
    "id token": lambda: token(token_use="id"),
    "expired": lambda: token(exp=int(time.time()) - 6),
    "not valid yet": lambda: token(nbf=int(time.time()) + 60),
    "nobody's": lambda: token(sub=None),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(forge: Callable[[], str]) -> None:
    assert ask(f"Bearer {forge()}") == (401, "invalid-token")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ=="])
def test_who_shows_no_token_is_asked_to_sign_in(authorization: str) -> None:
    assert ask(authorization) == (401, "unauthenticated")


def test_the_pools_own_token_counts() -> None:
    assert ask(f"Bearer {token()}") == ask(f"bearer {token()}") == (200, "ada")
    assert ask(f"Bearer {signed(kid=harness.KEY_ID)}") == (200, "ada")
