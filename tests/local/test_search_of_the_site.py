"""Search on the running product: a new event is findable within a minute, and the edge forgets when it is told to."""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from email.message import Message
from typing import Any

import pytest

from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of

pytestmark = pytest.mark.cloud

FINDABLE_SECONDS_MAX = 60
FORGOTTEN_SECONDS_MAX = 10


def get(site: RunningBoxoffice, path: str) -> tuple[Any, Message]:
    with urllib.request.urlopen(site.site_url + path, timeout=10) as answer:
        raw = answer.read()
        return (json.loads(raw) if "json" in answer.headers["Content-Type"] else raw.decode()), answer.headers


def test_a_new_event_is_found_within_a_minute(site: RunningBoxoffice) -> None:
    event_id = copy_of(site, "The Debt of Hours", "Ünerhört Öde Étude")
    began = time.monotonic()
    for look in itertools.count():
        # Each look is another question: what the edge keeps is another test's.
        query = f"keyword=unerhort%20ode%20etude&startDateTime=2001-01-01T00:00:00.{look:06}Z"
        found = get(site, f"/api/events?{query}")[0]["events"]
        if [event["eventId"] for event in found] == [event_id]:
            break
        assert time.monotonic() - began < FINDABLE_SECONDS_MAX, found
        time.sleep(0.2)
    [event] = found
    assert event["status"] in ("scheduled", "on_sale")
    calendar, headers = get(site, f"/api/venues/{event['venue']['venueId']}/events.ics")
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Ünerhört Öde Étude\r\n" in calendar


def test_the_edge_forgets_what_it_is_told_to(site: RunningBoxoffice) -> None:
    path = "/api/events?sort=announced&size=3"
    get(site, path)
    assert get(site, path)[1]["X-Cache"] == "Hit from cloudfront"
    name = site.cloud.client("ssm").get_parameter(Name="/boxoffice/distribution-id")["Parameter"]["Value"]
    site.cloud.client("cloudfront").create_invalidation(
        DistributionId=name,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/api/*"]}, "CallerReference": "a test"},
    )
    began = time.monotonic()
    while get(site, path)[1]["X-Cache"] == "Hit from cloudfront":
        assert time.monotonic() - began < FORGOTTEN_SECONDS_MAX
        time.sleep(0.2)
