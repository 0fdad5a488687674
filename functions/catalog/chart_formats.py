"""The formats that charts arrive in, and the way from any of them to a chart that can be sold from."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Literal

import msgspec

from catalog.chart_checks import SEATS_MAX, faults, mend
from catalog.chart_csv import read_csv
from catalog.chart_overlaps import overlaps
from catalog.charts import Chart
from catalog.pretix import read_pretix
from catalog.problems import ChartProblem, InvalidChart, NoPlainFile, NotADrawing, TooManySeats
from catalog.seatsio import read_seatsio

Format = Literal["boxoffice", "csv", "pretix", "seatsio"]
Found = list[ChartProblem]

PROBLEMS_SHOWN_MAX = 500
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"(\xb5/\xfd")
"""What zip, gzip, bzip2, xz, 7z and zstd begin with."""


def _read_boxoffice(raw: bytes) -> tuple[Chart, Found]:
    return msgspec.json.decode(raw, type=Chart), []


READERS: dict[Format, Callable[[bytes], tuple[Chart, Found]]] = {
    "boxoffice": _read_boxoffice,
    "csv": read_csv,
    "pretix": read_pretix,
    "seatsio": read_seatsio,
}


def read_chart(raw: bytes, drawn_as: Format) -> tuple[Chart, Found]:
    """The chart, mended, and everything that was changed on the way, or could not be and is only said.

    Raises InvalidChart, which lists what is wrong where, beyond repair; NoPlainFile and TooManySeats are such.
    """
    if raw.startswith(ARCHIVES):
        raise _invalid([ChartProblem("file", "it is compressed: upload what is in it")], NoPlainFile)
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if raw.lstrip().startswith(b"<"):
        raise _invalid([ChartProblem("file", "it is a picture or a page: upload the drawing itself")], NoPlainFile)
    try:
        chart, found = READERS[drawn_as](raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, NotADrawing) as error:
        raise _invalid([ChartProblem("file", str(error))]) from error
    if beyond_repair := list(faults(chart)):
        raise _invalid(beyond_repair, TooManySeats if chart.seat_count > SEATS_MAX else InvalidChart)
    chart, mended = mend(chart)
    return chart, [*found, *mended, *overlaps(chart)]


def _invalid(problems: Found, kind: type[InvalidChart] = InvalidChart) -> InvalidChart:
    shown = problems[:PROBLEMS_SHOWN_MAX]
    said = "; ".join(f"{problem.path}: {problem.problem.rstrip('.')}" for problem in shown[:3])
    return kind(f"{said}.", problems=msgspec.to_builtins(shown), problemCount=len(problems))
