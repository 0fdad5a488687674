"""`python -m catalog import-chart FILE`: what an import would make of a drawing, before anybody uploads it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

from catalog.chart_formats import Format, read_chart
from catalog.chart_preview import draw
from catalog.charts import encode, hash_of
from catalog.problems import InvalidChart

BY_ENDING: dict[str, Format] = {".csv": "csv", ".tsv": "csv", ".txt": "csv"}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m catalog", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("import-chart", help="read a seating chart, say every problem and what was done about it")
    verb.add_argument("file", type=Path, help="the drawing")
    verb.add_argument("--format", choices=get_args(Format), help="what it is; a .csv is recognised by its name")
    verb.add_argument("--chart", type=Path, metavar="FILE", help="write the chart in Boxoffice's own format (JSON)")
    verb.add_argument("--preview", type=Path, metavar="FILE", help="write a picture of it (SVG)")
    options = parser.parse_args(arguments)
    drawn_as = options.format or BY_ENDING.get(options.file.suffix.lower())
    if drawn_as is None:
        parser.error("say what the file is with --format")
    import_chart(options.file, drawn_as, options.chart, options.preview)


def import_chart(file: Path, drawn_as: Format, chart_file: Path | None, preview_file: Path | None) -> None:
    """Print every problem with its place and repair, then a line on the chart; exits with 1 beyond repair."""
    try:
        raw = file.read_bytes()
        chart, found = read_chart(raw, drawn_as)
    except OSError as error:
        sys.exit(f"{file} cannot be read: {error.strerror}.")
    except InvalidChart as invalid:
        for problem in invalid.data["problems"]:
            print(f"{problem['path']}: {problem['problem']}")
        sys.exit(f"{file} cannot be used: {invalid.data['problemCount']} problems that nobody can mend.")
    for repaired in found:
        print(f"{repaired.path}: {repaired.problem} → {repaired.repair}")
    canonical = encode(chart)
    if chart_file:
        chart_file.write_bytes(canonical)
    if preview_file:
        preview_file.write_bytes(draw(chart))
    print(
        f"{chart.name or file.stem}: {chart.seat_count:,} seats in {len(chart.sections)} sections and "
        f"{len(chart.categories)} categories, {len(found)} problems mended. {hash_of(canonical)}"
    )


if __name__ == "__main__":
    main()
