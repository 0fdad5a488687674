"""A house that gets more seats while it is being sold: new sections behind the old ones, nobody's seat moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from catalog import drawings
from catalog.charts import Chart, Section, encode, hash_of
from inventory.sales import REMEMBERED
from tests import harness
from tests.inventory.house import (
    NOON,
    chart,
    free_seats,
    hold,
    open_event,
    project,
    put_on_sale,
    records,
    rows_now,
    word,
)
from waitingroom import rooms

LATER = NOON + REMEMBERED
SEATS = 86


def larger(places: int = 30, category: str = "stand", before: Chart | None = None) -> Chart:
    """More of the floor."""
    before = before or chart()
    more = Section("floor2", "Floor", category, before.sections[-1].outline, capacity=places)
    return msgspec.structs.replace(before, sections=[*before.sections, more])


def enlarge(event_id: str, new: Chart, group: str = "organizer") -> tuple[int, Any]:
    canonical = encode(new)
    drawings.save_chart(hash_of(canonical), canonical, b"", new, NOON, "organizer")
    status, answer, _ = harness.call(
        "inventory.enlarge_house",
        path={"eventId": event_id},
        body={"chartHash": hash_of(canonical)},
        person="olga",
        groups=[group],
        now=NOON,
    )
    return status, answer


def seatmap(event_id: str) -> Any:
    return harness.call("inventory.show_seatmap", path={"eventId": event_id}, now=LATER)[1]


def test_more_standing_places_in_the_middle_of_a_sale() -> None:
    event_id = open_event()
    before = rows_now()
    assert hold(event_id, ["stalls-0-0", "floor-1-11"])[0] == 201
    project(records(before, rows_now()))
    shown = free_seats(event_id)[:SEATS]
    assert enlarge(event_id, larger()) == (200, {"eventId": event_id, "status": "on_sale", "seatCount": SEATS + 30})
    assert free_seats(event_id, now=LATER)[: SEATS + 30] == shown + "1" * 30
    answer = seatmap(event_id)
    new_hash = hash_of(encode(larger()))
    assert answer["seatMapConfig"] == {"url": f"/charts/{new_hash}.json", "hash": new_hash, "seatCount": SEATS + 30}
    assert hold(event_id, ["floor2-0-29"], person="bob", now=LATER)[0] == 201
    assert hold(event_id, ["floor-1-11"], person="cyd", now=LATER)[0] == 409
    wish = {"quantity": 8, "sections": ["floor2"]}
    assert hold(event_id, person="dan", now=LATER, bestAvailable=wish)[0] == 201


def test_again_it_changes_nothing_and_a_second_time_it_grows_on() -> None:
    event_id = open_event()
    first = enlarge(event_id, larger())
    rows = rows_now()
    assert enlarge(event_id, larger()) == first
    assert put_on_sale(event_id)[1]["seatCount"] == SEATS + 30
    assert rows_now() == rows
    third = Section("balcony2", "Balcony 2", "good", chart().sections[0].outline, capacity=5)
    twice = msgspec.structs.replace(larger(), sections=[*larger().sections, third])
    assert enlarge(event_id, twice)[1]["seatCount"] == SEATS + 35


def test_a_waiting_room_that_was_sold_out_hears_of_the_new_seats() -> None:
    """It lets nobody in while nothing is left, and without buyers no seat would ever tell it."""
    event_id = open_event(waiting_room=True)
    rooms.record_stock(event_id, 0)
    assert enlarge(event_id, larger())[0] == 200
    assert rooms.stock(event_id) == SEATS + 30


def test_what_a_broken_run_began_is_finished_before_another_chart_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the seats of both would stand in the map, at the bits of one."""
    event_id = open_event()
    with monkeypatch.context() as broken:
        broken.setattr("catalog.enlarge", _crashes)
        assert enlarge(event_id, larger())[0] == 500
    assert word(enlarge(event_id, larger(places=60))[1]) == "busy"
    assert enlarge(event_id, larger())[0] == 200
    assert free_seats(event_id, now=LATER)[: SEATS + 30] == "1" * (SEATS + 30)
    assert seatmap(event_id)["seatMapConfig"]["seatCount"] == SEATS + 30


def _crashes(*_: Any) -> None:
    raise RuntimeError("the function was killed")


@pytest.mark.parametrize("number", range(3))
def test_a_chart_that_moves_or_takes_a_seat_is_refused(number: int) -> None:
    event_id = open_event()
    sections = larger().sections
    wrong = [sections[1:], [*sections[:2], sections[3], sections[2]], larger(before=chart(floor=61)).sections][number]
    status, problem = enlarge(event_id, msgspec.structs.replace(chart(), sections=wrong))
    assert (status, word(problem)) == (422, "chart-not-larger")
    assert free_seats(event_id, now=LATER)[:SEATS] == "1" * SEATS


def test_what_has_no_price_is_not_sold() -> None:
    status, problem = enlarge(open_event(), larger(category="royal"))
    assert (status, word(problem), problem["category"]) == (422, "unknown-category", "royal")


def test_only_what_is_on_sale_and_only_by_organizers() -> None:
    assert word(enlarge(open_event(on_sale=False), larger())[1]) == "event-not-sellable"
    over = open_event(starts_at=NOON + timedelta(hours=1))
    assert enlarge(over, larger())[0] == 200
    assert enlarge(over, larger(), group="fan")[0] == 403
