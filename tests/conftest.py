"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud import LocalCloud
from local.run import RunningBoxoffice
from local.stripe_standin import StripeStandIn

BARN = Path(__file__).parent / "local/barn.json"
"""A small drawing as seats.io exports it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the local cloud, so that `-m "not cloud"` is the fast half."""
    for item in items:
        if {"local_cloud", "site"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("cloud")


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """One local cloud for the whole session: name what you create so that no other test meets it."""
    with LocalCloud.start(state_dir=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def site() -> Iterator[RunningBoxoffice]:
    """The whole product, as `make run` starts it, with the small demo: use an event, a person or a seat of your own."""
    with RunningBoxoffice.start(demo="small", chart=BARN) as running:
        yield running


@pytest.fixture(scope="session")
def _stripe_process() -> Iterator[StripeStandIn]:
    with StripeStandIn.start() as stand_in:
        yield stand_in


@pytest.fixture
def stripe_standin(_stripe_process: StripeStandIn) -> StripeStandIn:
    """The Stripe stand-in, its book empty, no webhooks sent, no faults planned."""
    _stripe_process.ask("webhooks", {"url": None})
    _stripe_process.ask("reset", {})
    return _stripe_process
