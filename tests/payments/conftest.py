"""Payments against the Stripe stand-in: the real SDK, moto's tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stripe._http_client import HTTPClient

from local.stripe_standin import StripeStandIn
from payments import gateway
from tests import harness


@pytest.fixture(autouse=True, scope="module")
def _account(_stripe_process: StripeStandIn) -> Iterator[None]:
    """One account a module: every test has orders of its own."""
    with harness.aws(STRIPE_API_BASE=_stripe_process.url):
        yield


@pytest.fixture(autouse=True)
def _sdk(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)  # the SDK's pause between tries
    gateway._client_of.cache_clear()
    yield
    gateway._client_of.cache_clear()
