"""Many buyers who only say how many, at once, on the local cloud, with a map that tells none of them of the others.

Each must end with seats of their own while there are some: whoever loses an offer is made the next one. The
control run takes that away and shows that without it most would be sent off.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from inventory import hold_seats, writes
from inventory.hold_seats import BestAvailable, HoldRequest
from kit import clock
from kit.errors import Busy, Problem
from local.cloud import LocalCloud
from tests import harness
from tests.inventory.house import chart, open_event
from tests.inventory.test_races import holders

BUYERS = 16
TRIES = 5


@pytest.fixture(autouse=True)
def _on_the_cloud(local_cloud: LocalCloud) -> Iterator[None]:
    with harness.on(local_cloud):
        writes.client()
        yield


def all_at_once(event_id: str, buyers: int, **wish: Any) -> tuple[list[list[str]], list[str]]:
    """The seats of those who got some, and the words of the others. Who is told 503 comes again, as it says."""
    ready = threading.Barrier(buyers)

    def buy(number: int) -> list[str] | str:
        ready.wait(timeout=30)
        wanted = HoldRequest(event_id, best_available=BestAvailable(**wish))
        for _ in range(TRIES):
            try:
                held = hold_seats.hold_seats(f"p{number}", wanted, ("", "asked"), clock.now())
            except Busy:
                continue
            except Problem as problem:
                return problem.word
            return [seat.seat_id for seat in held.seats]
        return Busy.word

    with ThreadPoolExecutor(buyers) as pool:
        outcomes = list(pool.map(buy, range(buyers)))
    held = [seats for seats in outcomes if isinstance(seats, list)]
    return held, [word for word in outcomes if isinstance(word, str)]


def taken(event_id: str) -> int:
    return sum(value[:6] > bytes(6) for value in holders().values())


def test_everybody_is_offered_other_seats_until_they_have_some() -> None:
    event_id = open_event(now=clock.now())
    held, refused = all_at_once(event_id, BUYERS, quantity=1, sections=["stalls"])
    assert refused == []
    assert len({seat for seats in held for seat in seats}) == BUYERS == taken(event_id)


def test_with_a_single_offer_most_would_be_sent_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold_seats, "OFFERS_MAX", 1)
    monkeypatch.setitem(globals(), "TRIES", 1)
    event_id = open_event(now=clock.now())
    held, refused = all_at_once(event_id, BUYERS, quantity=1, sections=["stalls"])
    assert len(refused) > BUYERS // 2
    assert len({seat for seats in held for seat in seats}) == len(held)


def test_standing_places_sell_to_the_last_one_and_not_one_more() -> None:
    """52 places in two rows, 32 buyers of two: 26 have them, the others are told that none are left."""
    event_id = open_event(chart(floor=52), now=clock.now())
    held, refused = all_at_once(event_id, 32, quantity=2, sections=["floor"])
    places = [place for seats in held for place in seats]
    assert len(places) == len(set(places)) == taken(event_id) == 52
    assert refused == ["seats-unavailable"] * 6
