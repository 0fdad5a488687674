"""An empty account for the tests that ask for one, and a small hall to sell."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from catalog import drawings, import_chart
from catalog.charts import Category, Chart, FocalPoint, Row, Seat, Section, Shape, encode
from catalog.request_chart_import import ImportMessage
from kit import ids, settings
from tests import harness

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
OLGA: dict[str, Any] = {"person": "olga", "groups": ("organizer",)}
VENUE = {
    "name": "Halle am Fluss",
    "city": "Wien",
    "countryCode": "AT",
    "timezone": "Europe/Vienna",
    "latitude": 48.2131,
    "longitude": 16.3925,
}
PRICING = {
    "currency": "EUR",
    "ticketTypes": [{"id": "adult", "label": "Adult"}, {"id": "child", "label": "Child"}],
    "prices": {"stalls": {"adult": 6000, "child": 3000}, "floor": {"adult": 2500, "child": 2500}},
    "fees": [{"code": "booking", "label": "Booking fee", "per": "ticket", "amount": 200}],
    "tax": {"label": "VAT", "basisPoints": 1000, "included": True},
}


@pytest.fixture
def aws() -> Iterator[None]:
    """An account for one test."""
    yield from _account()


@pytest.fixture(scope="module")
def shared_aws() -> Iterator[None]:
    """An account for all tests of a module that leave nothing behind."""
    yield from _account()


def _account() -> Iterator[None]:
    drawings._chart.cache_clear()
    with harness.aws():
        yield


def row(label: str, count: int, y: float) -> Row:
    return Row(label, [Seat(str(i + 1), 20 + 5.0 * i, y) for i in range(count)])


def hall() -> Chart:
    """Two rows of stalls, and room for 100 to stand."""
    stalls = Section(
        key="st",
        label="Stalls",
        category="stalls",
        outline=[(10, 30), (80, 30), (80, 60), (10, 60)],
        rows=[row("A", 10, 40), row("B", 8, 50)],
    )
    floor = Section("fl", "Floor", "floor", [(10, 70), (80, 70), (80, 90), (10, 90)], capacity=100)
    chart = Chart(
        name="Small hall",
        width=100,
        height=100,
        focal_point=FocalPoint(45, 10),
        categories=[Category("stalls", "Stalls", "#336699"), Category("floor", "Standing", "#996633")],
        shapes=[Shape("stage", "Stage", [(20, 5), (70, 5), (70, 15), (20, 15)])],
        sections=[stalls, floor],
    )
    return msgspec.json.decode(encode(chart), type=Chart)


def upload(raw: bytes, person: str = "olga", upload_id: str = "") -> str:
    """As if the signed address had been used."""
    upload_id = upload_id or ids.new("upl", NOW)
    storage = settings.client("s3")
    storage.put_object(Bucket="test-charts", Key=f"uploads/{person}/{upload_id}", Body=raw)
    return upload_id


def brought(raw: bytes, drawn_as: str = "boxoffice") -> dict[str, Any]:
    """The import of an uploaded file once it has ended, as its organizer sees it."""
    body = {"uploadId": upload(raw), "format": drawn_as}
    status, begun, _ = harness.call("catalog.request_chart_import", body=body, **OLGA)
    assert (status, begun["status"]) == (202, "queued"), begun
    import_queued()
    where = {"chartImportId": begun["chartImportId"]}
    status, ended, _ = harness.call("catalog.show_chart_import", path=where, **OLGA)
    assert status == 200, ended
    return dict(ended)


def import_queued() -> None:
    """Run the imports that wait in the queue."""
    queue = settings.client("sqs")
    address = os.environ["QUEUE_CHARTS"]
    for message in queue.receive_message(QueueUrl=address, MaxNumberOfMessages=10).get("Messages", []):
        import_chart.import_chart(msgspec.json.decode(message["Body"], type=ImportMessage), NOW)
        queue.delete_message(QueueUrl=address, ReceiptHandle=message["ReceiptHandle"])


def imported(chart: Chart) -> str:
    ended = brought(encode(chart))
    assert ended["status"] == "completed", ended
    return str(ended["chart"]["hash"])


def venue(**changes: Any) -> str:
    status, answer, _ = harness.call("catalog.create_venue", body=VENUE | changes, **OLGA)
    assert status == 201, answer
    return str(answer["venueId"])


def event_body(**changes: Any) -> dict[str, Any]:
    starts_at = NOW + timedelta(days=40)
    body = {
        "name": "An Evening of Strings",
        "artist": "Lindenhof Quartet",
        "category": "music",
        "startsAt": starts_at.isoformat(),
        "onSaleAt": NOW.isoformat(),
        "pricing": json.loads(json.dumps(PRICING)),
    }
    return body | changes


def event(**changes: Any) -> dict[str, Any]:
    """A created event."""
    if "venueId" not in changes:
        changes["venueId"] = venue()
    if "chartHash" not in changes:
        changes["chartHash"] = imported(hall())
    status, answer, _ = harness.call("catalog.create_event", body=event_body(**changes), now=NOW, **OLGA)
    assert status == 201, answer
    return dict(answer)
