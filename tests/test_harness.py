"""The harness itself: a real handler behind it sees a request that came through the edge, signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec
import pytest

from kit.auth import ORGANIZER
from kit.http import Call, endpoint
from tests import harness


class Wanted(msgspec.Struct, rename="camel"):
    seat_count: int


@endpoint(callers=ORGANIZER)
def handler(call: Call, body: Wanted) -> dict[str, str]:
    return {"who": call.caller.person_id, "at": call.now.isoformat(), "seats": str(body.seat_count)}


ENTRY = SimpleNamespace(handler=handler)
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def test_signed_in_call_reaches_the_handler() -> None:
    status, answer, headers = harness.call(ENTRY, body={"seatCount": 3}, person="ada", groups=["organizer"], now=NOON)
    assert (status, answer) == (200, {"who": "ada", "at": NOON.isoformat(), "seats": "3"})
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({}, "unauthenticated"),
        ({"person": "ada"}, "forbidden"),
        ({"headers": {"Authorization": "Bearer x.y.z"}}, "invalid-token"),
        ({"person": "ada", "groups": ["organizer"], "headers": {"X-Origin-Secret": "guess"}}, "forbidden"),
        ({"person": "ada", "groups": ["organizer"], "body": "{"}, "bad-json"),
    ],
)
def test_refusals(asked: dict[str, object], word: str) -> None:
    _, problem, _ = harness.call(ENTRY, **{"body": {"seatCount": 3}, **asked})  # type: ignore[arg-type]
    assert problem["type"].endswith(f"/{word}")
