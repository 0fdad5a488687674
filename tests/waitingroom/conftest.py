"""An empty account for every test. Few shards and one worker: moto is slow, and its conditions are not for several."""

from collections.abc import Iterator

import pytest

from tests import harness
from waitingroom import control_room, readiness, sessions, ticking


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(control_room, "BUCKETS_MIN", 2)
    monkeypatch.setattr(control_room, "PEOPLE_PER_BUCKET", 50_000)
    monkeypatch.setattr(readiness, "SHARDS", 3)
    monkeypatch.setattr(sessions, "SHARDS", 2)
    with harness.aws(TICK_WORKERS="1"):
        ticking.pool.cache_clear()
        yield
