"""The JSON Schema of our own chart format, made from the types that read it.

    python -m infra.chart_schema          writes web/public/chart.schema.json

Committed and served with the site, so that whoever draws charts can check them before anybody uploads them. A file that
fits may still be dirty, as seats with one label are: an import mends that and says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from catalog.charts import Category, Chart, FocalPoint, Row, Seat, Section, Shape

SCHEMA = Path(__file__).parent.parent / "web/public/chart.schema.json"


def schema() -> dict[str, Any]:
    """The schema, with a small house that has everything."""
    (root,), components = msgspec.json.schema_components([Chart], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Boxoffice chart",
        **root,
        "$defs": dict(sorted(components.items())),
        "examples": [json.loads(msgspec.json.encode(example()))],
    }


def example() -> Chart:
    """Rows, a table, standing places, two floors, a wheelchair place with its companion's, a pillar in the way."""
    stalls = Section(
        key="stalls",
        label="Stalls",
        category="near",
        outline=[(15, 35), (45, 35), (45, 55), (15, 55)],
        rows=[
            Row("A", [Seat("1", 20, 40), Seat("2", 25, 40), Seat("3", 30, 40, restricted_view=True)]),
            Row("B", [Seat("1", 20, 50, accessible=True), Seat("2", 25, 50, companion=True)]),
        ],
        floor="Ground floor",
        entrance="East",
    )
    table = Row(
        "Table 1", [Seat("1", 65, 40), Seat("2", 70, 45), Seat("3", 65, 50), Seat("4", 60, 45, category="near")]
    )
    return Chart(
        name="A small house",
        width=100,
        height=100,
        focal_point=FocalPoint(40, 10),
        categories=[Category("near", "Near the stage", "#3b6fb6"), Category("far", "Further away", "#c2543d")],
        shapes=[
            Shape("stage", "Stage", [(20, 5), (60, 5), (60, 15), (20, 15)]),
            Shape("table", "", [(62, 42), (68, 42), (68, 48), (62, 48)]),
        ],
        sections=[
            stalls,
            Section("tables", "Tables", "far", [(55, 35), (75, 35), (75, 55), (55, 55)], [table], floor="Ground floor"),
            Section("standing", "Standing", "far", [(15, 65), (75, 65), (75, 85), (15, 85)], capacity=120),
            Section(
                "balcony", "Balcony", "far", [], [Row("A", [Seat("1", 20, 70), Seat("2", 25, 70)])], floor="Balcony"
            ),
        ],
    )


def text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text())
