"""Whose access token counts: the pool's own, for our client, used as such, in its time. Case 2."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kit.auth import SIGNED_IN
from kit.http import Call, endpoint
from tests import harness


@endpoint(callers=SIGNED_IN)
def handler(call: Call) -> dict[str, str]:
    return {"who": call.caller.person_id}


ENTRY = SimpleNamespace(handler=handler)
ELSEWHERE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def ask(authorization: str) -> tuple[int, str]:
    status, answer, headers = harness.call(ENTRY, headers={"authorization": authorization})
    if status == 401:
        assert headers["www-authenticate"] == "Bearer"
    return status, answer.get("who") or answer["type"].rpartition("/")[2]


def claims() -> dict[str, object]:
    said: dict[str, object] = jwt.decode(harness.access_token("ada"), options={"verify_signature": False})
    return said


def signed(key: rsa.RSAPrivateKey, **header: object) -> str:
    return str(jwt.encode(claims(), key, algorithm="RS256", headers=header))


def hashed_with_the_public_key() -> str:
    """RS256 → HS256: what everybody knows, used as the secret. By hand, since the library refuses to."""
    public = harness.signing_key().public_key()
    secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": harness.KEY_ID}).encode())
    body = base64.urlsafe_b64encode(json.dumps(claims()).encode())
    signing = head.rstrip(b"=") + b"." + body.rstrip(b"=")
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return (signing + b"." + base64.urlsafe_b64encode(mac.sign(signing, secret)).rstrip(b"=")).decode()


def unsigned() -> str:
    return str(jwt.encode(claims(), None, algorithm="none", headers={"kid": harness.KEY_ID}))


FORGED: dict[str, Callable[[], str]] = {
    "no token at all": lambda: "three.little.words",
    "not even text": lambda: "\u00e9\u0000.e30.",
    "alg none": unsigned,
    "alg none, signature of another": lambda: unsigned() + harness.access_token("eve").rpartition(".")[2],
    "RS256 to HS256": hashed_with_the_public_key,
    "another key under our key's name": lambda: signed(ELSEWHERE, kid=harness.KEY_ID),
    "unknown kid": lambda: signed(harness.signing_key(), kid="another"),
    "no kid": lambda: signed(harness.signing_key()),
    "kid traversal": lambda: signed(ELSEWHERE, kid="../../../../dev/null"),
    "kid is a list": lambda: jwt_header(kid=[harness.KEY_ID]),
    "its own key brought along": lambda: signed(ELSEWHERE, kid=harness.KEY_ID, jku="https://eve.example/keys"),
    "another issuer": lambda: harness.access_token("ada", iss="https://issuer.test/other"),
    "another client": lambda: harness.access_token("ada", client_id="another-client"),
    "id token": lambda: harness.access_token("ada", token_use="id"),
    "expired": lambda: harness.access_token("ada", exp=int(time.time()) - 6),
    "not valid yet": lambda: harness.access_token("ada", nbf=int(time.time()) + 60),
    "nobody's": lambda: harness.access_token("ada", sub=None),
}


def jwt_header(**header: object) -> str:
    _, body, signature = harness.access_token("ada").split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", **header}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(forge: Callable[[], str]) -> None:
    assert ask(f"Bearer {forge()}") == (401, "invalid-token")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ=="])
def test_who_shows_no_token_is_asked_to_sign_in(authorization: str) -> None:
    assert ask(authorization) == (401, "unauthenticated")


def test_an_access_token_counts_whatever_the_scheme_is_spelled() -> None:
    token = harness.access_token("ada")
    assert ask(f"Bearer {token}") == ask(f"bearer {token}") == (200, "ada")
