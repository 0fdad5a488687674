"""A chart's import: how far it is, and what came of it. Kept for a month under an id made from its upload's."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError

from catalog.chart_formats import Format
from catalog.charts import Category
from catalog.problems import ChartProblem
from catalog.store import Item
from kit import ids
from kit.errors import NotFound

KEPT = timedelta(days=30)
ENDED = ("completed", "failed")


class ImportedSection(msgspec.Struct, frozen=True, rename="camel"):
    """A section as it was kept."""

    key: str
    label: str
    category: str
    seat_count: int


class ImportedChart(msgspec.Struct, frozen=True, rename="camel"):
    """The kept chart, and where its drawing is."""

    hash: str
    name: str
    seat_count: int
    preview_url: str
    categories: list[Category]
    sections: list[ImportedSection]


class ChartImport(msgspec.Struct, frozen=True, rename="camel"):
    """`chart` once it is completed; `problem` (a stable word) and `reason` where it failed. `problems`: at most 500
    of `problemCount`, each with what was done about it, or, in a chart that failed, what nobody can mend."""

    chart_import_id: str
    status: Literal["queued", "reading", "keeping", "completed", "failed"]
    format: Format
    updated_at: datetime
    problem: str | None = None
    reason: str | None = None
    chart: ImportedChart | None = None
    problems: list[ChartProblem] = []
    problem_count: int = 0


class ChartImportItem(Item):
    person_id = UnicodeAttribute()
    status = UnicodeAttribute()
    document = BinaryAttribute(legacy_encoding=False)
    expires = NumberAttribute()


def import_id(person_id: str, upload_id: str, drawn_as: Format) -> str:
    """The same upload read in the same way is the same import."""
    return ids.derived("imp", person_id, upload_id, drawn_as)


def queue(person_id: str, chart_import: ChartImport) -> ChartImport:
    """Keep a new import; one that is there already stays as it is, and is answered."""
    try:
        _item(person_id, chart_import).save(condition=ChartImportItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return find(person_id, chart_import.chart_import_id)
    return chart_import


def record(person_id: str, chart_import: ChartImport) -> None:
    """How far it is now; an import that has ended has."""
    try:
        _item(person_id, chart_import).save(condition=~ChartImportItem.status.is_in(*ENDED))
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def find(person_id: str, chart_import_id: str) -> ChartImport:
    """This person's import. Raises NotFound, also for somebody else's."""
    if not ids.is_one("imp", chart_import_id):
        raise NotFound
    try:
        item = ChartImportItem.get(f"IMPORT#{chart_import_id}", "IMPORT", consistent_read=True)
    except DoesNotExist as error:
        raise NotFound from error
    if item.person_id != person_id:
        raise NotFound
    return msgspec.json.decode(zlib.decompress(item.document), type=ChartImport)


def _item(person_id: str, chart_import: ChartImport) -> ChartImportItem:
    return ChartImportItem(
        f"IMPORT#{chart_import.chart_import_id}",
        "IMPORT",
        person_id=person_id,
        status=chart_import.status,
        document=zlib.compress(msgspec.json.encode(chart_import)),
        expires=int((chart_import.updated_at + KEPT).timestamp()),
    )
