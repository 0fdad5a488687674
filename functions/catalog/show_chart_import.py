"""GET /organizer/charts/{chartImportId}: how far a chart's import is, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from catalog import chart_imports
from catalog.chart_imports import ChartImport
from kit.auth import ORGANIZER
from kit.errors import NotFound
from kit.http import Call, endpoint

BEING_READ = ("reading", "keeping")
SILENCE = timedelta(minutes=5)
GIVEN_UP = "Reading this file came to no end. We look into it; a smaller or simpler drawing may work."


@endpoint(callers=ORGANIZER, raises=(NotFound,))
def handler(call: Call) -> ChartImport:
    return _as_far_as_known(chart_imports.find(call.caller.person_id, call.path["chartImportId"]), call.now)


def _as_far_as_known(found: ChartImport, now: datetime) -> ChartImport:
    """Whoever reads for longer than a function may run has stopped without a word."""
    if found.status in BEING_READ and now - found.updated_at > SILENCE:
        return replace(found, status="failed", problem="chart-not-read", reason=GIVEN_UP)
    return found
