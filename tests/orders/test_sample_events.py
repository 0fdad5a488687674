"""Each sample event is accepted by its handler, in the order in which a purchase sees them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kit import ids, settings
from orders import get_order
from payments import AlreadyAuthorized
from tests import harness
from tests.inventory.house import hold, open_event
from tests.live.viewers import gateway, viewer

SAMPLES = Path(__file__).parents[2] / "events/orders"
EVENT, HOLD, ORDER = "evt_06gvk2m1c8t4hq3e", "hld_06h00kb0a2s81j9v", "ord_06h00kb4qpnec80r"
FAN = "9f8b1c52-0e0d-4c8f-9a4d-2f3f6f1f0a11"
CONNECTION = "JKJaXeYdPHcCJsA="
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def send(verb: str, now: datetime = NOW) -> Any:
    event = json.loads((SAMPLES / f"{verb}.json").read_text())
    if "headers" in event:
        groups = ["operator"] if "operator" in event["rawPath"] else ["fan"]
        event["headers"]["authorization"] = f"Bearer {harness.access_token(FAN, groups)}"
    with harness.at(now):
        return import_module(f"orders.{verb}").handler(event, harness.CONTEXT)


@pytest.fixture(autouse=True)
def accepted(_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = settings.client("stepfunctions").create_state_machine(
        name="purchase",
        definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/any",
    )
    monkeypatch.setenv("MACHINE_PURCHASE", machine["stateMachineArn"])
    open_event(event_id=EVENT, now=NOW)
    monkeypatch.setattr(ids, "new", lambda prefix, now: HOLD)
    monkeypatch.setattr(ids, "derived", lambda prefix, *parts: ORDER)
    hold(EVENT, ["stalls-0-4", "stalls-0-5"], person=FAN, now=NOW, ticketTypes=["adult", "child"])
    assert send("start_purchase")["statusCode"] == 202


@pytest.mark.parametrize(("verb", "status"), [("complete_order", "completed"), ("fail_order", "failed")])
def test_every_sample_is_accepted(verb: str, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send("launch_purchase") == {"batchItemFailures": []}
    assert send("sweep_orders", NOW + timedelta(minutes=2)) is None
    assert send("assess_fraud") is False
    assert send("await_review") is None
    listed = send("list_reviews")
    assert (listed["statusCode"], ORDER in listed["body"]) == (200, True)
    assert send("answer_review")["statusCode"] == 200
    with pytest.raises(AlreadyAuthorized):  # no bank was asked
        send("await_authentication")
    assert send(verb) is None
    assert get_order(ORDER).status == status
    for shown in ("show_order", "list_orders"):
        answer = send(shown)
        assert (answer["statusCode"], status in answer["body"]) == (200, True)
    viewer(CONNECTION, FAN, NOW)
    assert '"order.watching"' in send("watch_order")["body"]
    heard = gateway(monkeypatch).heard
    assert send("push_order") == {"batchItemFailures": []}
    assert [each["status"] for each in heard[CONNECTION]] == ["completed"]


def test_there_is_one_for_each_entry_point() -> None:
    code = SAMPLES.parents[1] / "functions/orders"
    entries = {path.stem for path in code.glob("*.py") if "\ndef handler(" in path.read_text()}
    assert {path.stem for path in SAMPLES.glob("*.json")} == entries
