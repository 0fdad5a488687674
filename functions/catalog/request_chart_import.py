"""POST /organizer/charts: have an uploaded drawing made into a chart to sell from."""

from __future__ import annotations

import msgspec

from catalog import chart_imports
from catalog.chart_formats import Format
from catalog.chart_imports import ChartImport
from catalog.uploads import find_upload
from kit.auth import ORGANIZER
from kit.errors import NotFound, TooLarge
from kit.http import Call, endpoint
from kit.settings import client, env


class WantedImport(msgspec.Struct, frozen=True, rename="camel"):
    """Which upload to read, and what it is."""

    upload_id: str
    format: Format


class ImportMessage(msgspec.Struct, frozen=True, rename="camel"):
    """What the queue carries."""

    chart_import_id: str
    upload_id: str
    format: Format
    person_id: str


@endpoint(callers=ORGANIZER, status=202, raises=(NotFound, TooLarge))
def handler(call: Call, body: WantedImport) -> ChartImport:
    """The import has begun; GET /organizer/charts/{chartImportId} tells how far it is."""
    person_id = call.caller.person_id
    find_upload(person_id, body.upload_id)
    import_id = chart_imports.import_id(person_id, body.upload_id, body.format)
    begun = chart_imports.queue(person_id, ChartImport(import_id, "queued", body.format, call.now))
    if begun.status == "queued":
        message = ImportMessage(import_id, body.upload_id, body.format, person_id)
        client("sqs").send_message(QueueUrl=env("QUEUE_CHARTS"), MessageBody=msgspec.json.encode(message).decode())
    return begun
