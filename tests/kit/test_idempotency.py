"""One key, one effect, one answer (case 15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from kit import idempotency
from kit.auth import Person
from kit.http import Call
from kit.idempotency import IdempotencyKeyRequired, IdempotencyMismatch, InProgress, once
from tests import harness


class Crash(BaseException):
    """The process is gone: nothing after it runs."""


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def call(key: str = "k1", body: bytes = b"{}", person: str = "ada") -> Call:
    caller = Person(person, frozenset(), "session")
    headers = {"idempotency-key": key} if key else {}
    return Call(datetime.now(UTC), "/things", {}, headers, body, "request", caller)


def test_second_call_gets_the_first_answer_without_running() -> None:
    runs: list[int] = []

    def action() -> dict[str, Any]:
        runs.append(1)
        return {"order": len(runs)}

    assert [once(call(), "buy", action), once(call(), "buy", action)] == [{"order": 1}, {"order": 1}]
    assert once(call(person="eve"), "buy", action) == {"order": 2}
    assert once(call(), "sell", action) == {"order": 3}


def test_other_body_is_refused() -> None:
    once(call(), "buy", dict)
    with pytest.raises(IdempotencyMismatch):
        once(call(body=b'{"a":1}'), "buy", dict)


@pytest.mark.parametrize("key", ["", " ", "k" * 256])
def test_key_is_required(key: str) -> None:
    with pytest.raises(IdempotencyKeyRequired):
        once(call(key), "buy", dict)


@pytest.mark.parametrize(("seconds", "blocked"), [(30, True), (-1, False)])
def test_a_crash_blocks_its_key_only_as_long_as_it_could_be_running(seconds: int, blocked: bool) -> None:
    def crash() -> dict[str, Any]:
        raise Crash

    with mock.patch.object(idempotency, "IN_FLIGHT_SECONDS", seconds), pytest.raises(Crash):
        once(call(), "buy", crash)
    if blocked:
        with pytest.raises(InProgress):
            once(call(), "buy", dict)
    else:
        assert once(call(), "buy", lambda: {"done": True}) == {"done": True}
