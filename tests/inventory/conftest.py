"""moto for every test here but those on the local cloud."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventory import lately, offers, sales, sections
from tests import harness


@pytest.fixture(autouse=True)
def _aws(request: pytest.FixtureRequest) -> Iterator[None]:
    sales._remembered.clear()
    sections._remembered.clear()
    sections.load_seating.cache_clear()
    lately.forget()
    offers._crowds.clear()
    if "local_cloud" in request.fixturenames:
        yield
        return
    with harness.aws():
        yield
