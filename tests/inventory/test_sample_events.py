"""Each sample event is accepted by its handler, in the order in which a sale sees them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from catalog import Presale
from kit import ids
from tests import harness
from tests.inventory.house import open_event
from tests.live.viewers import gateway, viewer

SAMPLES = Path(__file__).parents[2] / "events/inventory"
EVENT, HOLD = "evt_06gvk2m1c8t4hq3e", "hld_06h00kb0a2s81j9v"
FAN = "9f8b1c52-0e0d-4c8f-9a4d-2f3f6f1f0a11"
CONNECTION = "JKJaXeYdPHcCJsA="
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def send(verb: str) -> Any:
    event = json.loads((SAMPLES / f"{verb}.json").read_text())
    if "authorization" in event.get("headers", {}):
        token = harness.access_token(FAN, ["fan", "organizer", "operator"])
        event["headers"]["authorization"] = f"Bearer {token}"
    with harness.at(NOW):
        return import_module(f"inventory.{verb}").handler(event, harness.CONTEXT)


def test_every_sample_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Presale("fan-club", "Fan club", NOW - timedelta(days=9), NOW - timedelta(days=8))
    open_event(event_id=EVENT, on_sale=False, now=NOW, presales=[window])
    gateway(monkeypatch)
    monkeypatch.setattr(ids, "new", lambda prefix, now: HOLD)
    for verb, status in [
        ("put_on_sale", 200),
        ("enlarge_house", 200),
        ("add_presale_codes", 201),
        ("block_seats", 201),
        ("release_block", 200),
        ("show_house", 200),
        ("show_seatmap", 200),
        ("hold_seats", 201),
        ("show_hold", 200),
        ("release_hold", 204),
        ("show_availability", 200),
        ("rebuild_map", 200),
    ]:
        answer = send(verb)
        assert answer["statusCode"] == status, (verb, answer)
    for verb in ("project_seats", "expire_hold"):
        assert send(verb) == {"batchItemFailures": []}
    viewer(CONNECTION, now=NOW)
    watched = json.loads(send("watch_seats")["body"])
    assert (watched["type"], watched["eventId"]) == ("seats.watching", EVENT)
    assert send("push_changes") is None
    for verb in ("keep_hold", "release_seats"):
        assert send(verb) == {"seatIds": ["stalls-0-4", "stalls-0-5"]}


def test_the_sale_of_a_hold_that_is_not_there_is_refused_by_name() -> None:
    open_event(event_id=EVENT, now=NOW)
    with pytest.raises(Exception, match="no longer held") as refused:
        send("sell_seats")
    assert type(refused.value).__name__ == "SeatsLost"
