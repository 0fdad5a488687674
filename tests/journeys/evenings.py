"""Events that tests sell out as they like: copies of the demo's, with all their seats."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from local.demo import ORGANIZER
from local.demo.accounts import sign_in
from local.demo.site import Site, client_id
from local.run import RunningBoxoffice


def copy_of(site: RunningBoxoffice, name: str, called: str, **changes: Any) -> str:
    """The id of a new event, on sale, on the chart and at the prices of another; `changes` are fields of its own."""
    named = [event for event in _get(site, "/api/events?size=100")["events"] if event["name"] == name]
    listed = min(named, key=lambda event: event["eventId"])  # the first of them is the demo's own
    event = _get(site, f"/api/events/{listed['eventId']}")
    new = {
        **{key: event[key] for key in ("artist", "category", "startsAt", "onSaleAt", "chartHash", "pricing")},
        "name": called,
        "refundPolicy": {"untilHoursBeforeStart": 1, "feesReturned": True},
        "orphanRule": "off",
        "venueId": event["venue"]["venueId"],
        **changes,
    }
    token = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), ORGANIZER)
    return Site(site.site_url, token).create_event(new)


def _get(site: RunningBoxoffice, path: str) -> Any:
    with urllib.request.urlopen(site.site_url + path, timeout=10) as answer:
        return json.load(answer)
