"""Every sample event is accepted by its entry point."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kit import settings
from search import purge_edge
from tests import harness
from tests.catalog.conftest import NOW, _account
from tests.search.conftest import forget_index

SAMPLES = sorted((Path(__file__).parents[2] / "events/search").glob("*.json"))


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    forget_index()
    yield from _account()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_succeeds(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = settings.client
    monkeypatch.setattr(purge_edge, "parameter", lambda name: "E123")

    class CloudFront:
        def create_invalidation(self, **said: Any) -> None:
            asked.append(said)

    monkeypatch.setattr(purge_edge, "client", lambda name, *how: CloudFront() if name == "cloudfront" else real(name))
    with harness.at(NOW):
        answer = import_module(f"search.{sample.stem}").handler(json.loads(sample.read_text()), harness.CONTEXT)
    assert answer.get("statusCode") in (None, 200, 404)
    assert bool(asked) == (sample.stem == "purge_edge")
