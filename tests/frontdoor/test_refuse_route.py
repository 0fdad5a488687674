"""Addresses and methods nobody serves."""

import json
from collections.abc import Iterator

import pytest

from frontdoor import refuse_route
from tests import harness


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    refuse_route._routes.cache_clear()
    with harness.aws(ROUTES=json.dumps(["POST /seats/hold", "GET /events/{eventId}", "GET /events"])):
        yield
    refuse_route._routes.cache_clear()


@pytest.mark.parametrize(
    ("route", "allowed"),
    [("PATCH /api/seats/hold", "POST"), ("DELETE /api/events/evt_1", "GET"), ("POST /api/events", "GET")],
)
def test_a_known_address_names_the_methods_it_takes(route: str, allowed: str) -> None:
    status, problem, headers = harness.call(refuse_route, route=route)
    assert (status, headers["allow"], problem["allow"]) == (405, allowed, [allowed])
    assert problem["type"].endswith("/method-not-allowed")
    assert headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/nothing", "/api/events/a/b", "/api/", "/api/seats/hold/x/y"])
def test_an_unknown_address_is_a_404(path: str) -> None:
    status, problem, _ = harness.call(refuse_route, route=f"GET {path}")
    assert (status, problem["type"].rpartition("/")[2]) == (404, "not-found")


def test_whoever_goes_around_the_edge_is_turned_away() -> None:
    status, problem, _ = harness.call(refuse_route, route="GET /api/nothing", headers={"x-origin-secret": "a guess"})
    assert (status, problem["type"].rpartition("/")[2]) == (403, "forbidden")
