"""The formats that charts arrive in, and the way from any of them to a chart that can be sold from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from catalog.chart_checks import faults, mend
from catalog.chart_csv import read_csv
from catalog.charts import Chart
from catalog.pretix import read_pretix
from catalog.problems import ChartProblem, InvalidChart, NotADrawing
from catalog.seatsio import read_seatsio

Format = Literal["boxoffice", "csv", "pretix", "seatsio"]
Found = list[ChartProblem]

PROBLEMS_SHOWN_MAX = 500


def _read_boxoffice(raw: bytes) -> tuple[Chart, Found]:
    return msgspec.json.decode(raw, type=Chart), []


READERS: dict[Format, Callable[[bytes], tuple[Chart, Found]]] = {
    "boxoffice": _read_boxoffice,
    "csv": read_csv,
    "pretix": read_pretix,
    "seatsio": read_seatsio,
}


def read_chart(raw: bytes, drawn_as: Format) -> tuple[Chart, Found]:
    """The chart, mended, and everything that was changed on the way.

    Raises InvalidChart, which lists what is wrong where, beyond repair.
    """
    try:
        chart, found = READERS[drawn_as](raw)
    except (msgspec.DecodeError, RecursionError, NotADrawing) as error:
        raise _invalid([ChartProblem("file", str(error))]) from error
    if beyond_repair := list(faults(chart)):
        raise _invalid(beyond_repair)
    chart, mended = mend(chart)
    return chart, found + mended


def _invalid(problems: Found) -> InvalidChart:
    shown = problems[:PROBLEMS_SHOWN_MAX]
    said = "; ".join(f"{problem.path}: {problem.problem}" for problem in shown[:3])
    return InvalidChart(f"{said}.", problems=msgspec.to_builtins(shown), problemCount=len(problems))
