"""`make journey` itself, against the running product: its last line and its exit code can be relied on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of

ROOT = Path(__file__).parents[2]
KEYS = [
    "buyers",
    "completed",
    "hold_p50_ms",
    "hold_p99_ms",
    "purchase_p50_ms",
    "purchase_p95_ms",
    "double_sold",
    "orders_per_s",
]


@pytest.fixture(scope="module")
def evenings(site: RunningBoxoffice) -> dict[str, str]:
    """Two events of our own: in a theatre, and in a barn with nine seats in a row."""
    return {
        "theatre": copy_of(site, "The Debt of Hours", "Journey in the theatre"),
        "barn": copy_of(site, "Opening Night at Barn", "Journey in the barn"),
    }


def journey(site: RunningBoxoffice, *more: str) -> tuple[int, Any, str]:
    """Exit code, the last line, everything said."""
    ran = subprocess.run(
        [sys.executable, "-m", "local.journey", "--site", site.site_url, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    said = ran.stdout + ran.stderr
    return ran.returncode, json.loads(ran.stdout.splitlines()[-1]) if ran.stdout else None, said


@pytest.mark.parametrize(("buyers", "where"), [(20, "theatre"), (1, "barn")])
def test_every_buyer_gets_their_tickets(
    site: RunningBoxoffice, evenings: dict[str, str], buyers: int, where: str
) -> None:
    code, last, said = journey(site, "--buyers", str(buyers), "--event", evenings[where])
    assert code == 0, said
    assert list(last) == KEYS
    assert (last["buyers"], last["completed"], last["double_sold"]) == (buyers, buyers, 0)
    assert 0 < last["purchase_p50_ms"] <= last["purchase_p95_ms"]
    assert 0 < last["hold_p50_ms"] <= last["hold_p99_ms"]


def test_a_buyer_who_gets_nothing_fails_the_journey(site: RunningBoxoffice, evenings: dict[str, str]) -> None:
    """More buyers than the barn has neighbouring places left."""
    code, last, said = journey(site, "--buyers", "12", "--event", evenings["barn"], "--look", "0")
    assert code == 1, said
    assert last["completed"] < 12 and last["double_sold"] == 0
    assert "failed while choosing seats" in said


def test_an_unknown_event_is_said_in_a_sentence(site: RunningBoxoffice) -> None:
    code, _, said = journey(site, "--event", "no such evening")
    assert code == 1
    assert "No event on sale is called 'no such evening'" in said
