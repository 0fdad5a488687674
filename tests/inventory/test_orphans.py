"""The orphan rule of an event: which choices would leave a single seat, and when that is forgiven."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.inventory.house import LEASE, NOON, chart, hold, open_event, project, records, rows_now, word
from tests.inventory.test_best import best, take

ROW = [f"stalls-0-{slot}" for slot in range(10)]


def asked(event_id: str, *slots: int, **wish: Any) -> tuple[int, str, list[str]]:
    """What naming these seats of the first row is answered with: status, word, orphans."""
    status, answer = hold(event_id, [ROW[slot] for slot in slots], **wish)
    return status, "" if status == 201 else word(answer), answer.get("seatIds", [])


@pytest.mark.parametrize("rule", ["lenient", "strict"])
@pytest.mark.parametrize(
    ("slots", "orphans"),
    [([1], [0]), ([8], [9]), ([1, 2], [0]), ([3, 5], [4]), ([1, 3, 5], [0, 2, 4]), ([1, 8], [0, 9])],
)
def test_a_single_seat_left_is_refused_and_named(rule: str, slots: list[int], orphans: list[int]) -> None:
    event_id = open_event(orphan_rule=rule)
    assert asked(event_id, *slots) == (409, "orphan-seat", [ROW[slot] for slot in orphans])
    assert asked(event_id, 4, 5)[0] == 201


@pytest.mark.parametrize("rule", ["lenient", "strict"])
@pytest.mark.parametrize("slots", [[0], [2], [4, 5], [0, 1], [2, 3, 4], list(range(8)), [0, 9], [0, 3, 6, 9]])
def test_two_seats_left_together_are_fine(rule: str, slots: list[int]) -> None:
    assert asked(open_event(orphan_rule=rule), *slots)[0] == 201


def test_a_seat_that_somebody_has_is_told_before_a_seat_left_alone() -> None:
    """By the rows: the map of a second ago still shows it free. What is the buyer's own is nobody else's."""
    event_id = open_event(orphan_rule="lenient")
    hold(event_id, [ROW[4], ROW[5]], person="bob")
    assert asked(event_id, 2, 4) == (409, "seats-unavailable", [ROW[4]])
    assert asked(event_id, 1, 4, 5) == (409, "seats-unavailable", [ROW[4], ROW[5]])
    assert asked(event_id, 1, 4, person="bob") == (409, "orphan-seat", [ROW[0]])
    assert asked(event_id, 1, 4, now=NOON + LEASE * 2)[1] == "orphan-seat"


@pytest.mark.parametrize("rule", ["lenient", "strict"])
def test_a_stranger_beside_whom_the_map_does_not_show_yet_leaves_nobody_alone(rule: str) -> None:
    event_id = open_event(orphan_rule=rule)
    take(event_id, ROW[0], shown=False)
    assert asked(event_id, 1, 2)[0] == 201


def test_without_the_rule_everything_goes() -> None:
    assert asked(open_event(orphan_rule="off"), 1, 3)[0] == 201


def test_lenient_forgives_where_the_same_neighbours_leave_no_other_way() -> None:
    event_id = open_event(orphan_rule="lenient")
    take(event_id, *ROW[3:])
    assert asked(event_id, 1)[1] == "orphan-seat"
    assert asked(event_id, 0, 1)[0] == 201


def test_strict_forgives_only_where_no_row_has_another_way() -> None:
    event_id = open_event(orphan_rule="strict")
    take(event_id, *ROW[3:])
    assert asked(event_id, 0, 1) == (409, "orphan-seat", [ROW[2]])
    take(event_id, *(f"stalls-1-{slot}" for slot in range(3, 10)))
    assert asked(event_id, 0, 1)[0] == 201


def test_strict_sends_nobody_to_another_price() -> None:
    event_id = open_event(orphan_rule="strict")
    take(event_id, *ROW[3:], *(f"stalls-1-{slot}" for slot in range(10)))
    assert asked(event_id, 0, 1)[0] == 201


def test_strict_sends_nobody_to_another_price_in_a_row_of_two_prices() -> None:
    house = chart()
    stalls = house.sections[0]
    dear, *others = stalls.rows[1].seats
    two_prices = [dear, *(msgspec.structs.replace(seat, category="good") for seat in others)]
    rows = [stalls.rows[0], msgspec.structs.replace(stalls.rows[1], seats=two_prices)]
    sections = [msgspec.structs.replace(stalls, rows=rows), *house.sections[1:]]
    event_id = open_event(msgspec.structs.replace(house, sections=sections), orphan_rule="strict")
    take(event_id, *ROW[3:])
    assert asked(event_id, 0, 1)[0] == 201


def test_an_aisle_ends_the_neighbours_and_wheelchair_places_are_no_orphans() -> None:
    event_id = open_event(orphan_rule="lenient")
    status, problem = hold(event_id, ["balcony-0-4"])
    assert (status, word(problem), problem["seatIds"]) == (409, "orphan-seat", ["balcony-0-3", "balcony-0-5"])
    assert hold(event_id, ["balcony-0-0"])[0] == 201
    assert hold(event_id, ["balcony-0-2"], person="bob")[0] == 201


def test_standing_places_are_nobodys_neighbours() -> None:
    assert hold(open_event(orphan_rule="strict"), ["floor-0-1"])[0] == 201


def test_ones_own_hold_is_no_obstacle_since_it_would_be_replaced() -> None:
    event_id = open_event(orphan_rule="lenient")
    before = rows_now()
    assert asked(event_id, 0, 1)[0] == 201
    project(records(before, rows_now()))
    assert asked(event_id, 3, 4)[0] == 201


def test_the_same_request_again_is_answered_as_before() -> None:
    event_id = open_event(orphan_rule="strict")
    before = rows_now()
    first = hold(event_id, ROW[:2], key="k")
    hold(event_id, ROW[3:5], person="bob", now=NOON + LEASE / 2)
    project(records(before, rows_now()))
    assert hold(event_id, ROW[:2], key="k") == first


def test_the_best_seats_leave_no_single_one_where_others_fit() -> None:
    row = {"strict": "stalls-1-", "lenient": "stalls-0-", "off": "stalls-0-"}
    for rule, offered in row.items():
        event_id = open_event(orphan_rule=rule)
        take(event_id, *ROW[:4], *ROW[7:])
        assert all(seat.startswith(offered) for seat in best(event_id, 2)), rule


def test_the_best_seats_move_along_in_their_gap() -> None:
    for rule, offered in {"strict": [3, 4], "lenient": [3, 4], "off": [4, 5]}.items():
        event_id = open_event(orphan_rule=rule)
        take(event_id, *ROW[:3], *ROW[8:], *(f"stalls-1-{slot}" for slot in range(10)))
        assert best(event_id, 2, sections=["stalls"]) == [ROW[slot] for slot in offered], rule


def test_the_best_seats_leave_a_single_one_rather_than_part_two_people() -> None:
    event_id = open_event(orphan_rule="strict")
    take(event_id, *ROW[:4], *ROW[7:], *(f"stalls-1-{slot}" for slot in range(10)))
    assert best(event_id, 2, sections=["stalls"]) == ROW[4:6]


def test_neighbours_of_two_go_before_seats_that_are_all_alone() -> None:
    event_id = open_event()
    free = [0, 1, 4, 8, 9]
    take(event_id, *(ROW[slot] for slot in range(10) if slot not in free), *(f"stalls-1-{slot}" for slot in range(10)))
    assert best(event_id, 4, sections=["stalls"]) == [ROW[slot] for slot in (0, 1, 8, 9)]
