"""The simulation of a sale, small: the same program that `make simulate-onsale USERS=50000000` runs."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.bench import onsale_sale, simulate_onsale
from tests.bench.onsale_people import EVENT, FREEDOM, by_chance, chi_square, populate
from tests.bench.onsale_prices import LIMITS
from waitingroom import waits
from waitingroom.control_room import BUCKETS_MAX
from waitingroom.room import Phase, Room

USERS, SEATS = 30_000, 4_000


def test_a_small_sale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "sale.svg"
    simulate_onsale.main(["--users", str(USERS), "--seats", str(SEATS), "--picture", str(picture)])
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["max_live"] <= result["capacity"]
    assert result["sold"] == SEATS
    assert result["chi_square_p"] > simulate_onsale.CHANCE_MIN > result["control_p"]
    assert picture.read_text().startswith("<svg")


def test_whoever_comes_after_the_draw_is_let_in_after_everybody_in_it() -> None:
    start, people = 1_900_000_000_000, 600
    *_, everybody = populate(b"seed", people, 60, 1.0, 1)
    room = Room(EVENT, start - 60_000, start - 1, "00", 1, phase="serving", registered=people, seed="00", tick_at=start)
    late = [start + 1_000 * second for second in range(1, 600)]
    behaviour = onsale_sale.Crowd(show_rate=1.0, buys=1.0)
    sale = onsale_sale.run(room, everybody.drawn, 2_000, behaviour, onsale_sale.Weather(), 1_800, late)
    assert sale.late_admitted > 300
    assert sale.sold == 2_000


@pytest.mark.parametrize(("chi", "expected"), [(81.0, 0.48), (103.01, 0.05), (113.51, 0.01), (126.08, 0.001)])
def test_chance_is_that_of_81_degrees_of_freedom(chi: float, expected: float) -> None:
    assert by_chance(chi) == pytest.approx(expected, rel=0.03)


def test_ranks_by_arrival_are_not_fair() -> None:
    assert by_chance(chi_square(np.eye(10) * 50 + 100)) < 1e-9
    assert FREEDOM == 81


def test_fifty_million_register_below_what_one_api_takes() -> None:
    hours, surge = 4 * 3600, 720
    arrivals = np.full(hours, 37_500_000 / hours)
    arrivals[:surge] += 12_500_000 / surge
    room = Room("evt_000000000000sale", 0, hours * 1000, "00", 1, buckets=BUCKETS_MAX)
    joins = simulate_onsale.registrations(room, arrivals)
    assert joins.sum() == pytest.approx(50_000_000)
    assert arrivals.max() > 1.9 * LIMITS["api_requests"]
    assert joins.max() < 0.7 * LIMITS["api_requests"]
    assert waits.join_spread_seconds(room, hours * 1000 - 1_000) == 0  # whoever comes last is not sent past the draw


@pytest.mark.parametrize("phase", ["registering", "drawing", "serving"])
def test_fifty_million_who_cannot_know_their_wait_ask_less_than_one_distribution_answers(phase: Phase) -> None:
    room = Room("evt_000000000000sale", 0, 14_400_000, "00", 1, buckets=BUCKETS_MAX, registered=50_000_000)
    room = msgspec.structs.replace(room, phase=phase, tick_at=14_340_000)
    polls = 50_000_000 / waits.poll_seconds(room, waits.wait_seconds(room, 1_000_000))
    assert polls < 0.5 * LIMITS["cloudfront_requests"]


def test_nor_do_they_while_they_come() -> None:
    hours, surge = 4 * 3600, 720
    arrivals = np.full(hours, 37_500_000 / hours)
    arrivals[:surge] += 12_500_000 / surge
    room = Room("evt_000000000000sale", 0, hours * 1000, "00", 1, buckets=BUCKETS_MAX)
    polls = simulate_onsale.polls_before_the_draw(room, arrivals)
    assert polls.max() < 0.5 * LIMITS["cloudfront_requests"]
