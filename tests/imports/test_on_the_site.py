"""A page is brought to the running product by the command an organizer would type; its events are then found."""

from __future__ import annotations

import itertools
import json
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.imports import __main__ as command
from local.run import RunningBoxoffice
from tests.imports.conftest import SHARED, event, page

pytestmark = pytest.mark.cloud

REAL = SHARED / "data/catalog/tm_discovery_april9288.json"
FINDABLE_SECONDS_MAX = 60
LONG_AGO: dict[str, Any] = {
    "dates__start": {"localDate": "2019-05-10", "localTime": "19:30:00"},
    "sales__public": {"startDateTime": "2019-03-02T09:00:00Z"},
}


def bring(site: RunningBoxoffice, file: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    first_day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    arguments = ["import-discovery", str(file), "--site", site.site_url, "--shift-to", first_day]
    assert command.main(arguments) == 0
    counts: dict[str, int] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return counts


def search(site: RunningBoxoffice, keyword: str) -> list[dict[str, Any]]:
    """The events of that name, once there are any."""
    began = time.monotonic()
    for look in itertools.count():
        # Each look is another question, so that the edge has no answer to it.
        query = urllib.parse.urlencode({"keyword": keyword, "startDateTime": f"2001-01-01T00:00:00.{look:06}Z"})
        with urllib.request.urlopen(f"{site.site_url}/api/events?{query}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["events"]
        if found:
            return found
        assert time.monotonic() - began < FINDABLE_SECONDS_MAX
        time.sleep(0.2)
    raise AssertionError("unreachable")


def test_a_page_is_brought_twice(site: RunningBoxoffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.json").write_bytes(
        page(
            event(name="Überbrückte Jahre", **LONG_AGO),
            event(
                id="called-off", name="Abgesagte Jahre", dates__status__code="cancelled", priceRanges=None, **LONG_AGO
            ),
        )
    )
    first = bring(site, tmp_path / "page.json", capsys)
    assert (first["imported"], first["refused"]) == (3, 0)
    second = bring(site, tmp_path / "page.json", capsys)
    assert (second["imported"], second["already there"]) == (0, 3)
    [found] = search(site, "uberbruckte")
    assert (found["status"], found["priceRange"]["min"]["amount"]) == ("scheduled", 4500)
    with urllib.request.urlopen(f"{site.site_url}/api/events?keyword=abgesagte", timeout=10) as answer:
        assert json.load(answer)["events"] == []


@pytest.mark.skipif(not REAL.exists(), reason="the real page is not on this machine")
def test_the_real_page_is_brought(site: RunningBoxoffice, capsys: pytest.CaptureFixture[str]) -> None:
    counts = bring(site, REAL, capsys)
    assert (counts["imported"], counts["refused"], counts["skipped"]) == (38, 0, 0)
    assert bring(site, REAL, capsys)["imported"] == 0
    assert [found["venue"]["name"] for found in search(site, "chivas guadalajara")] == ["Soldier Field"]
