"""The demo data on a running site: everything came in through the API, and can be bought."""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.demo import ACCOUNTS, DemoNotLoaded, load
from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.run import RunningBoxoffice

pytestmark = pytest.mark.cloud


LOADED = {"The Debt of Hours", "Northbound Lights Tour", "One Night Only", "Opening Night at Barn"}


@pytest.fixture(scope="module")
def events(site: RunningBoxoffice) -> dict[str, dict[str, Any]]:
    """Those that were loaded; other tests add their own."""
    listed = get(site, "/api/events?size=100")["events"]
    return {event["name"]: event for event in listed if event["name"] in LOADED}


def get(site: RunningBoxoffice, path: str) -> Any:
    with urllib.request.urlopen(site.site_url + path, timeout=10) as answer:
        return json.load(answer)


def fan_token(site: RunningBoxoffice, email: str = "fan@boxoffice.example") -> str:
    return sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), email)


def test_everybody_can_sign_in(site: RunningBoxoffice) -> None:
    for email, group in ACCOUNTS.items():
        claims = jwt.decode(fan_token(site, email), options={"verify_signature": False})
        assert claims["cognito:groups"] == [group]


def test_events_are_listed_in_order(events: dict[str, dict[str, Any]]) -> None:
    assert set(events) == LOADED
    starts = [event["startsAt"] for event in events.values()]
    assert starts == sorted(starts)
    assert {event["status"] for event in events.values()} == {"on_sale"}
    assert {event["availability"] for event in events.values()} == {"available"}


@pytest.mark.parametrize(
    ("name", "fewest", "most"),
    [("The Debt of Hours", 1_150, 1_300), ("Northbound Lights Tour", 17_500, 18_500), ("Opening Night at Barn", 9, 9)],
)
def test_all_seats_are_on_the_map(
    site: RunningBoxoffice, events: dict[str, dict[str, Any]], name: str, fewest: int, most: int
) -> None:
    seat_map = get(site, f"/api/events/{events[name]['eventId']}/seatmap")
    seat_count = seat_map["seatMapConfig"]["seatCount"]
    assert fewest <= seat_count <= most
    bits = "".join(f"{byte:08b}" for byte in base64.b64decode(seat_map["availabilityBitmap"]))
    assert bits[:seat_count].count("1") == seat_count
    chart = get(site, seat_map["seatMapConfig"]["url"])
    drawn = sum(len(row["seats"]) for section in chart["sections"] for row in section.get("rows", ()))
    assert drawn + sum(section.get("capacity", 0) for section in chart["sections"]) == seat_count


def test_a_seat_on_the_chart_brought_along_can_be_held(
    site: RunningBoxoffice, events: dict[str, dict[str, Any]]
) -> None:
    body = {"eventId": events["Opening Night at Barn"]["eventId"], "seatIds": ["seats-0-4"]}
    request = urllib.request.Request(
        f"{site.site_url}/api/seats/hold",
        json.dumps(body).encode(),
        {"authorization": f"Bearer {fan_token(site)}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        held = json.load(answer)
    assert held["fare"]["total"] == {"amount": 5050, "currency": "EUR"}


def test_loading_again_adds_to_what_is_there(site: RunningBoxoffice) -> None:
    said: list[str] = []
    assert len(load(site.site_url, site.cloud, said.append, scale="small")) == 3
    assert said[0] == "Creating demo accounts"


def test_a_chart_that_is_none_is_refused_in_a_sentence(site: RunningBoxoffice, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    for content, sentence in (("hello", "is no seats.io chart: JSON is malformed"), ("{}", "subChart")):
        wrong.write_text(content)
        with pytest.raises(DemoNotLoaded, match=sentence):
            load(site.site_url, site.cloud, chart_file=wrong, scale="small")
