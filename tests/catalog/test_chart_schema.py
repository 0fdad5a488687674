"""The committed schema is the one the code makes; what fits it is read, and what we draw fits it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from catalog.chart_formats import read_chart
from catalog.charts import Chart, encode
from infra import chart_schema
from local.demo.houses import houses
from tests.catalog.conftest import hall


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = chart_schema.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_current() -> None:
    assert chart_schema.SCHEMA.read_text() == chart_schema.text(), "run: python -m infra.chart_schema"


def test_its_example_has_everything_and_needs_no_mending(validator: Any) -> None:
    (example,) = chart_schema.schema()["examples"]
    validator.validate(example)
    chart, found = read_chart(json.dumps(example).encode(), "boxoffice")
    assert found == []
    seats = [seat for section in chart.sections for row in section.rows for seat in row.seats]
    assert any(seat.accessible for seat in seats) and any(seat.companion for seat in seats)
    assert any(seat.restricted_view for seat in seats)
    assert {section.floor for section in chart.sections} == {"Ground floor", "Balcony", None}
    assert any(section.capacity for section in chart.sections)
    assert any(shape.kind == "table" for shape in chart.shapes)


@pytest.mark.parametrize("chart", [hall(), houses()["theatre"].chart], ids=["hall", "theatre"])
def test_our_charts_fit(validator: Any, chart: Chart) -> None:
    validator.validate(json.loads(encode(chart)))


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"label":"1"', b'"label":1'), (b'"x":20.0', b'"x":"left"'), (b'"key":"st",', b""), (b'"width":', b'"wide":')],
)
def test_what_does_not_fit_is_not_read_either(validator: Any, old: bytes, new: bytes) -> None:
    raw = encode(hall()).replace(old, new)
    assert raw != encode(hall())
    assert not validator.is_valid(json.loads(raw))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw, type=Chart)
