"""Who is calling: access tokens (JWT, RS256) of the user pool, verified here rather than at the gateway.

An HTTP API's own authorizer accepts ID tokens and cannot answer with problem+json (DECISIONS.md).
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import lru_cache

import jwt
import msgspec

from kit.errors import Busy, Forbidden, InvalidToken, Unauthenticated

ACCESS = "access"
LEEWAY_SECONDS = 5
FETCH_TIMEOUT_SECONDS = 2
REFETCH_AFTER_SECONDS = 60
"""An unknown key id asks the issuer again at most this often, so that invented ids cost it nothing."""
HEADERS_REMEMBERED = 16


class Person(msgspec.Struct, frozen=True):
    """The signed-in caller: `person_id` is the token's `sub`."""

    person_id: str
    groups: frozenset[str]
    session_id: str
    """The sign-in this token came from (`origin_jti`): all tokens of one sign-in share it."""


@dataclass(frozen=True)
class Callers:
    """Who may call an endpoint. With no groups, anybody who is signed in."""

    signed_in: bool
    groups: frozenset[str] = frozenset()
    recognized: bool = False
    """Nobody has to sign in, but whoever has is known, and a token that is sent has to be valid."""


PUBLIC = Callers(signed_in=False)
ANYBODY = Callers(signed_in=False, recognized=True)
SIGNED_IN = Callers(signed_in=True)
ORGANIZER = Callers(signed_in=True, groups=frozenset({"organizer"}))
STAFF = Callers(signed_in=True, groups=frozenset({"organizer", "operator"}))
OPERATOR = Callers(signed_in=True, groups=frozenset({"operator"}))


def admit(callers: Callers, authorization: str | None) -> Person | None:
    """The caller, or None where anybody may call. Raises Unauthenticated, InvalidToken or Forbidden."""
    if not callers.signed_in and not (callers.recognized and authorization):
        return None
    person = verify(_bearer(authorization))
    if callers.groups and not callers.groups & person.groups:
        raise Forbidden
    return person


def verify(token: str) -> Person:
    """Check signature, issuer, client and use of an access token. Raises InvalidToken."""
    try:
        claims = jwt.decode(
            token,
            _keys.find(_key_id(token.partition(".")[0])),
            algorithms=["RS256"],
            issuer=os.environ["ISSUER"],
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "sub", "token_use", "client_id"], "verify_aud": False},
        )
    except jwt.PyJWTError as error:
        raise InvalidToken from error
    ours = claims["client_id"] in os.environ["CLIENT_IDS"].split(",")
    if not ours or claims["token_use"] != ACCESS:
        raise InvalidToken
    return Person(
        person_id=claims["sub"],
        groups=frozenset(claims.get("cognito:groups", ())),
        session_id=claims.get("origin_jti", claims.get("jti", "")),
    )


@lru_cache(maxsize=HEADERS_REMEMBERED)
def _key_id(header: str) -> object:
    """The key that a token's header names: all tokens that a key signed begin with the same one."""
    return jwt.get_unverified_header(f"{header}..").get("kid")


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return token


class _Keys:
    """The issuer's public keys, fetched once and again when an unknown key id appears."""

    def __init__(self) -> None:
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    def find(self, kid: object) -> jwt.PyJWK:
        if kid not in self._keys and time.monotonic() - self._fetched_at > REFETCH_AFTER_SECONDS:
            self._keys = _fetch_keys()
            self._fetched_at = time.monotonic()
        if not isinstance(kid, str) or kid not in self._keys:
            raise InvalidToken
        return self._keys[kid]


def _fetch_keys() -> dict[str, jwt.PyJWK]:
    try:
        with urllib.request.urlopen(os.environ["JWKS_URL"], timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310
            document = json.load(answer)
    except (urllib.error.URLError, TimeoutError) as error:
        raise Busy("The sign-in service does not answer.") from error
    return {key.key_id: key for key in jwt.PyJWKSet.from_dict(document).keys if key.key_id}


_keys = _Keys()
