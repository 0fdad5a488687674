"""POST /organizer/charts: an uploaded drawing becomes a chart to sell from."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from catalog.chart_checks import faults, mend
from catalog.charts import Category, Chart, encode, hash_of
from catalog.problems import ChartProblem, InvalidChart
from catalog.seatsio import read_seatsio
from catalog.store import save_chart
from catalog.uploads import read_upload
from kit.auth import ORGANIZER
from kit.errors import NotFound, TooLarge
from kit.http import Call, endpoint

PROBLEMS_SHOWN_MAX = 500


class ChartImport(msgspec.Struct, frozen=True, rename="camel"):
    """Which upload to read, and what it is."""

    upload_id: str
    format: Literal["boxoffice", "seatsio"]


class ImportedSection(msgspec.Struct, frozen=True, rename="camel"):
    """A section as it was kept."""

    key: str
    label: str
    category: str
    seat_count: int


class ImportedChart(msgspec.Struct, frozen=True, rename="camel"):
    """The kept chart and everything that was changed on the way, at most 500 of `problemCount`."""

    hash: str
    name: str
    seat_count: int
    categories: list[Category]
    sections: list[ImportedSection]
    problems: list[ChartProblem]
    problem_count: int


@endpoint(callers=ORGANIZER, status=201, raises=(NotFound, TooLarge, InvalidChart))
def handler(call: Call, body: ChartImport) -> ImportedChart:
    """Read, mend and keep a chart. The same drawing gives the same hash."""
    raw = read_upload(call.caller.person_id, body.upload_id)
    return import_chart(raw, body.format, call.now, call.caller.person_id)


def import_chart(raw: bytes, drawn_as: Literal["boxoffice", "seatsio"], now: datetime, person_id: str) -> ImportedChart:
    """Raises InvalidChart, which lists what is wrong where."""
    chart, found = _read(raw, drawn_as)
    if problems := list(faults(chart)):
        raise _invalid(problems)
    chart, mended = mend(chart)
    found += mended
    canonical = encode(chart)
    save_chart(hash_of(canonical), canonical, chart, now, person_id)
    return ImportedChart(
        hash=hash_of(canonical),
        name=chart.name,
        seat_count=chart.seat_count,
        categories=chart.categories,
        sections=[
            ImportedSection(section.key, section.label, section.category, section.seat_count)
            for section in chart.sections
        ],
        problems=found[:PROBLEMS_SHOWN_MAX],
        problem_count=len(found),
    )


def _read(raw: bytes, drawn_as: str) -> tuple[Chart, list[ChartProblem]]:
    try:
        if drawn_as == "seatsio":
            return read_seatsio(raw)
        return msgspec.json.decode(raw, type=Chart), []
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid([ChartProblem("file", str(error))]) from error


def _invalid(problems: list[ChartProblem]) -> InvalidChart:
    shown = problems[:PROBLEMS_SHOWN_MAX]
    said = "; ".join(f"{problem.path}: {problem.problem}" for problem in shown[:3])
    return InvalidChart(f"{said}.", problems=msgspec.to_builtins(shown), problemCount=len(problems))
