"""From the queue of uploaded drawings to charts to sell from. A message that comes twice finds its import ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from catalog import chart_imports
from catalog.chart_formats import PROBLEMS_SHOWN_MAX, Found, read_chart
from catalog.chart_imports import ChartImport, ImportedChart, ImportedSection
from catalog.chart_preview import draw
from catalog.charts import Chart, encode, hash_of
from catalog.drawings import save_chart
from catalog.problems import ChartProblem, InvalidChart
from catalog.request_chart_import import ImportMessage
from catalog.uploads import read_upload
from kit import clock
from kit.errors import NotFound, Problem, TooLarge
from kit.telemetry import metrics


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, _receive, processor, context)


def import_chart(wanted: ImportMessage, now: datetime) -> None:
    """Read, mend and keep a chart, and say how it went. The same drawing gives the same hash."""
    if chart_imports.find(wanted.person_id, wanted.chart_import_id).status in chart_imports.ENDED:
        return
    try:
        _record(wanted, "reading", now)
        chart, found = read_chart(read_upload(wanted.person_id, wanted.upload_id), wanted.format)
        _record(wanted, "keeping", now)
        kept = _keep(chart, wanted.person_id, now)
    except (InvalidChart, NotFound, TooLarge) as problem:
        found = msgspec.convert(problem.data.get("problems", []), list[ChartProblem])
        _record(wanted, "failed", now, found, problem.data.get("problemCount"), failure=problem)
        return
    _record(wanted, "completed", now, found, chart=kept)


def _keep(chart: Chart, person_id: str, now: datetime) -> ImportedChart:
    canonical = encode(chart)
    chart_hash = hash_of(canonical)
    save_chart(chart_hash, canonical, draw(chart), chart, now, person_id)
    return ImportedChart(
        hash=chart_hash,
        name=chart.name,
        seat_count=chart.seat_count,
        preview_url=f"/charts/{chart_hash}.svg",
        categories=chart.categories,
        sections=[
            ImportedSection(section.key, section.label, section.category, section.seat_count)
            for section in chart.sections
        ],
    )


def _record(
    wanted: ImportMessage,
    status: Literal["reading", "keeping", "completed", "failed"],
    now: datetime,
    found: Found | None = None,
    count: int | None = None,
    *,
    failure: Problem | None = None,
    chart: ImportedChart | None = None,
) -> None:
    problems = found or []
    state = ChartImport(
        wanted.chart_import_id,
        status,
        wanted.format,
        now,
        failure.word if failure else None,
        failure.detail or failure.title if failure else None,
        chart,
        problems[:PROBLEMS_SHOWN_MAX],
        len(problems) if count is None else count,
    )
    chart_imports.record(wanted.person_id, state)


def _receive(record: SQSRecord) -> None:
    import_chart(msgspec.json.decode(record.body, type=ImportMessage), clock.now())
