"""What journeys share: a world in which nothing may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.run import RunningBoxoffice
from tests.journeys.world import World


@pytest.fixture(scope="module")
def world(site: RunningBoxoffice) -> Iterator[World]:
    """For tests that are refused: after all of them everything is as it was before the first."""
    world = World.make(site)
    before = world.written()
    assert all(before.values())
    yield world
    assert world.written() == before
