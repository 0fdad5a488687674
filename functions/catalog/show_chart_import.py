"""GET /organizer/charts/{chartImportId}: how far a chart's import is, and what came of it."""

from __future__ import annotations

from catalog import chart_imports
from catalog.chart_imports import ChartImport
from kit.auth import ORGANIZER
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, raises=(NotFound,))
def handler(call: Call) -> ChartImport:
    return chart_imports.find(call.caller.person_id, call.path["chartImportId"])
