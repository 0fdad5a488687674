"""Random schedules keep every promise; with any one guard taken out, the auditor catches it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import settings as kit_settings
from kit.clock import to_ms
from tests.waitingroom.campaign import Campaign
from waitingroom import readiness, register, rooms, sessions
from waitingroom.register import Item, Place
from waitingroom.sessions import Session

STEPS = 50
CAUGHT_WITHIN = 12


@pytest.fixture(autouse=True)
def _one_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "SHARDS", 2)
    monkeypatch.setattr(sessions, "SHARDS", 1)
    monkeypatch.setattr(sessions, "PAGE_ITEMS", 1)


@given(st.randoms(use_true_random=False))
@settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_a_schedule_keeps_every_promise(dice: random.Random) -> None:
    Campaign(dice).run(STEPS // 2)


def first_page_only(patch: pytest.MonkeyPatch) -> None:
    """Live sessions without pagination."""
    real = kit_settings.client

    def client(service: str, *options: Any, **more: Any) -> Any:
        return _FirstPages(real(service, *options, **more))

    patch.setattr(kit_settings, "client", client)


class _FirstPages:
    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def query(self, **wanted: Any) -> Any:
        page = self._real.query(**wanted)
        page.pop("LastEvaluatedKey", None)
        return page


def count_behind(patch: pytest.MonkeyPatch) -> None:
    """Live sessions from an index, which is behind by a tick."""
    real, seen = sessions.count_live, [0]

    def behind(*arguments: Any) -> int:
        seen.append(real(*arguments))
        return seen[-2]

    patch.setattr(sessions, "count_live", behind)


def count_claims(patch: pytest.MonkeyPatch) -> None:
    """free = capacity - live, where whoever was granted and has not come yet is not live."""

    def claimed(event_id: str, now: Any, pool: Any) -> int:
        found = (Session.query(f"SESSION#{event_id}#{shard:02}") for shard in range(sessions.SHARDS))
        return sum(1 for shard in found for item in shard if item.sign_in and int(item.until) > to_ms(now))

    patch.setattr(sessions, "count_live", claimed)


def write_again(patch: pytest.MonkeyPatch) -> None:
    """A replayed grant overwrites what it finds."""
    real = Session.save
    patch.setattr(Session, "save", lambda self, condition=None: real(self))


def commit_unconditionally(patch: pytest.MonkeyPatch) -> None:
    """Two ticks of one version both count."""

    def commit(before: Any, after: Any) -> Any:
        after = rooms._next(before, after)
        rooms._state(after).save()
        return after

    patch.setattr(rooms, "commit", commit)


def register_unconditionally(patch: pytest.MonkeyPatch) -> None:
    """The last of several joins counts."""

    def join(event_id: str, buckets: int, place: Place, now: Any) -> Place:
        Item(
            *register._key(event_id, buckets, place.person_id), came=place.came, late=place.late, expires=place.came
        ).save()
        return place

    patch.setattr(register, "join", join)


MUTATIONS = {
    first_page_only: 3,
    count_behind: 14,
    count_claims: 3,
    write_again: 1,
    commit_unconditionally: 0,
    register_unconditionally: 0,
}
"""With the seed whose schedule shows it; others are tried should a change of the schedules hide it."""


@pytest.mark.parametrize(("mutate", "seed"), MUTATIONS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_auditor_catches(
    mutate: Callable[[pytest.MonkeyPatch], None], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch)
    with pytest.raises(AssertionError, match="seed"):
        for tried in range(seed, seed + CAUGHT_WITHIN):
            Campaign(tried).run(STEPS)
