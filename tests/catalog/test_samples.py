"""The sample events are requests that succeed, once what they name is there."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from catalog import Artist, Series, chart_imports, register, store
from catalog.chart_imports import ChartImport
from catalog.charts import encode
from catalog.events import NewEvent, Venue, scheduled
from catalog.request_chart_import import WantedImport
from kit import settings
from kit.decode import build
from tests import harness
from tests.catalog.conftest import VENUE, event_body, hall, upload

SAMPLES = sorted((Path(__file__).parents[2] / "events/catalog").glob("*.json"))
SENT = datetime(2026, 3, 14, 9, 30, 12, tzinfo=UTC)
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAWING = {"subChart": {"rows": [{"label": "A", "seats": [{"label": "1", "x": 0, "y": 0}]}]}}


@pytest.fixture(scope="module")
def world(shared_aws: None) -> None:
    """What the samples name: a venue, a chart, an event, an upload."""
    ids = {sample.stem: json.loads(sample.read_text()) for sample in SAMPLES}
    wanted = json.loads(ids["create_event"]["body"])
    venue = msgspec.convert(VENUE | {"venueId": wanted["venueId"]}, Venue)
    register.add(venue, "")
    register.add(Artist(ids["open_artist"]["pathParameters"]["artistId"], "Lindenhof Quartet"), "")
    register.add(Series(ids["open_series"]["pathParameters"]["seriesId"], "Evenings of Strings"), "")
    chart = encode(hall()).replace(b'"floor"', b'"balcony"')
    storage = settings.client("s3")
    storage.put_object(Bucket="test-charts", Key=f"charts/{wanted['chartHash']}.json", Body=chart)
    new = build(event_body(venueId=venue.venue_id, chartHash=wanted["chartHash"]), NewEvent)
    store.add_event(scheduled(new, ids["show_event"]["pathParameters"]["eventId"], venue, "Quartet", SENT), "")
    asked = msgspec.json.decode(ids["request_chart_import"]["body"], type=WantedImport)
    upload(json.dumps(DRAWING).encode(), upload_id=asked.upload_id)
    upload(PICTURE, upload_id=json.loads(ids["keep_image"]["body"])["uploadId"])
    import_id = ids["show_chart_import"]["pathParameters"]["chartImportId"]
    assert import_id == chart_imports.import_id("olga", asked.upload_id, asked.format)
    chart_imports.queue("olga", ChartImport(import_id, "queued", asked.format, SENT))


def test_every_entry_point_has_a_sample() -> None:
    folder = Path(__file__).parents[2] / "functions/catalog"
    entry_points = {file.stem for file in folder.glob("*.py") if "def handler(" in file.read_text()}
    assert {sample.stem for sample in SAMPLES} == entry_points


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_succeeds(world: None, sample: Path) -> None:
    event: dict[str, Any] = json.loads(sample.read_text())
    if "Records" in event:
        assert import_module(f"catalog.{sample.stem}").handler(event, harness.CONTEXT) == {"batchItemFailures": []}
        return
    if "authorization" in event["headers"]:
        event["headers"]["authorization"] = f"Bearer {harness.access_token('olga', ['organizer'])}"
    with harness.at(SENT):
        answer = import_module(f"catalog.{sample.stem}").handler(event, harness.CONTEXT)
    assert answer["statusCode"] in (200, 201, 202), answer["body"]
