"""The demo venues are charts that need no mending, of the sizes a visitor expects, and every price is set."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from catalog import seats
from catalog.chart_checks import faults, mend
from catalog.charts import Chart, encode
from catalog.events import NewEvent, event_faults
from catalog.geometry import contains
from kit.decode import build
from local.demo.arena import arena
from local.demo.houses import houses
from local.demo.season import SHOWS, SPECIAL, Show, event
from local.demo.small_venues import club, meadow
from local.demo.theatre import theatre

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
CHARTS = [theatre("Theatre"), arena(), club(), meadow()]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_drawn_chart_needs_no_mending(chart: Chart) -> None:
    assert list(faults(chart)) == []
    mended, found = mend(chart)
    assert found == []
    assert mended.seat_count == chart.seat_count
    assert encode(mend(mended)[0]) == encode(mended)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_no_seat_stands_in_another_or_outside_of_its_block(chart: Chart) -> None:
    places: Counter[tuple[int, int]] = Counter()
    for section in chart.sections:
        for row in section.rows:
            places.update((round(seat.x / 2), round(seat.y / 2)) for seat in row.seats)
            assert all(contains(section.outline, (seat.x, seat.y)) for seat in row.seats), section.label
    assert max(places.values()) == 1


def test_sizes_and_kinds_of_seats() -> None:
    house, bowl = theatre("Theatre"), arena()
    assert 1_150 <= house.seat_count <= 1_300
    assert 17_500 <= bowl.seat_count <= 18_500
    assert sum(section.capacity or 0 for section in bowl.sections) == 2_400
    for chart in (house, bowl):
        everything = list(seats(chart))
        assert sum(seat.accessible for seat in everything) == sum(seat.companion for seat in everything) > 3
        assert any(seat.restricted_view for seat in everything)
        numbered = [(seat.section, seat.row, seat.seat) for seat in everything if not seat.general_admission]
        assert len(set(numbered)) == len(numbered)
    assert {section.floor for section in house.sections} == {"Stalls", "First balcony", "Second balcony"}


@pytest.mark.parametrize("show", SHOWS + SPECIAL, ids=lambda show: show.name)
def test_every_show_could_be_created(show: Show) -> None:
    house = houses()[show.house]
    body = event(show, house, "ven_0000000000000000", "0" * 64, NOW)
    assert list(event_faults(build(body, NewEvent), house.chart, NOW)) == []
