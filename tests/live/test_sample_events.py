"""Each sample event is accepted by its handler, in the order in which a connection sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from live import person_of
from tests import harness

SAMPLES = Path(__file__).parents[2] / "events/live"
FAN = "9f8b1c52-0e0d-4c8f-9a4d-2f3f6f1f0a11"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def send(verb: str, **changes: Any) -> Any:
    event = json.loads((SAMPLES / f"{verb}.json").read_text()) | changes
    if "authorization" in event.get("headers", {}):
        event["headers"]["authorization"] = f"Bearer {harness.access_token(FAN)}"
    with harness.at(NOW):
        return import_module(f"live.{verb}").handler(event, harness.CONTEXT)


def test_every_sample_is_accepted() -> None:
    issued = send("issue_ticket")
    assert issued["statusCode"] == 201
    ticket = json.loads(issued["body"])["ticket"]
    connection = json.loads((SAMPLES / "connect_viewer.json").read_text())["requestContext"]["connectionId"]
    assert send("connect_viewer")["statusCode"] == 401
    assert send("connect_viewer", queryStringParameters={"ticket": ticket})["statusCode"] == 200
    assert person_of(connection) == FAN
    assert send("refuse_message")["statusCode"] == 200
    assert send("disconnect_viewer") == {"statusCode": 200}
    assert person_of(connection) is None
