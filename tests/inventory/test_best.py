"""Best available: neighbours near the middle first, then near; within price and sections; never a taken seat."""

from __future__ import annotations

import random
from typing import Any

import pytest

from inventory import rows
from inventory.seats import parse_all
from kit import ids
from tests.inventory.house import LEASE, NOON, hold, open_event, project, records, rows_now, word


def best(event_id: str, quantity: int, *, person: str = "ada", **wish: Any) -> list[str]:
    status, answer = hold(event_id, person=person, bestAvailable={"quantity": quantity, **wish})
    assert status == 201, answer
    return [seat["seatId"] for seat in answer["seats"]]


def take(event_id: str, *seats: str, shown: bool = True) -> None:
    """Somebody else holds these, and the map knows it or not."""
    before = rows_now()
    for seat in parse_all(seats):
        rows.take(event_id, [seat], ids.new("hld", NOON), NOON + LEASE, NOON)
    if shown:
        project(records(before, rows_now()))


@pytest.mark.parametrize(
    ("wish", "seats"),
    [
        ({"quantity": 2}, ["stalls-0-4", "stalls-0-5"]),
        ({"quantity": 3, "sections": ["balcony"]}, ["balcony-0-3", "balcony-0-4", "balcony-0-5"]),
        ({"quantity": 2, "accessible": True}, ["balcony-0-0", "balcony-0-1"]),
        ({"quantity": 2, "priceMax": 5000, "sections": ["stalls", "balcony"]}, ["balcony-0-3", "balcony-0-4"]),
    ],
)
def test_the_best_seats(wish: dict[str, Any], seats: list[str]) -> None:
    assert best(open_event(), **wish) == seats


def test_a_dearer_ticket_type_counts_for_the_ceiling() -> None:
    event_id = open_event()
    wish = {"quantity": 2, "priceMax": 4000, "sections": ["stalls"]}
    assert hold(event_id, bestAvailable=wish, ticketTypes=["child", "child"])[0] == 201
    status, problem = hold(event_id, person="bob", bestAvailable=wish, ticketTypes=["child", "adult"])
    assert (status, word(problem)) == (409, "seats-unavailable")


def test_the_tickets_of_seats_by_name_do_not_count_for_the_ceiling() -> None:
    named, wish = ["stalls-0-0"], {"quantity": 2, "priceMax": 4000, "sections": ["stalls"]}
    status, answer = hold(open_event(), named, bestAvailable=wish, ticketTypes=["adult", "child", "child"])
    assert (status, [seat["price"]["amount"] for seat in answer["seats"]]) == (201, [8000, 4000, 4000])


def test_neighbours_go_before_better_single_seats() -> None:
    event_id = open_event()
    take(event_id, "stalls-0-1", "stalls-0-3", "stalls-0-5", "stalls-0-7", "stalls-0-9")
    assert best(event_id, 2) == ["stalls-1-4", "stalls-1-5"]


def test_without_neighbours_the_seats_are_near() -> None:
    event_id = open_event()
    take(event_id, *(f"stalls-{row}-{slot}" for row in (0, 1) for slot in range(10) if slot % 2 == row))
    assert best(event_id, 3, sections=["stalls"]) == ["stalls-0-3", "stalls-0-5", "stalls-0-7"]


def test_who_loses_a_race_is_offered_the_next_best_in_the_same_request() -> None:
    event_id = open_event()
    take(event_id, "stalls-0-4", "stalls-0-6", shown=False)
    assert best(event_id, 2) == ["stalls-0-2", "stalls-0-3"]


def test_a_standing_area_sells_exactly_its_places() -> None:
    event_id = open_event()
    sold: set[str] = set()
    for number, quantity in enumerate([8] * 6 + [7, 5]):
        before = rows_now()
        places = best(event_id, quantity, person=f"p{number}", sections=["floor"])
        project(records(before, rows_now()))
        assert not sold & set(places)
        sold |= set(places)
    assert len(sold) == 60
    status, problem = hold(event_id, person="late", bestAvailable={"quantity": 1, "sections": ["floor"]})
    assert (status, word(problem)) == (409, "seats-unavailable")
    assert best(event_id, 1, person="late", sections=["stalls"])


def test_seats_go_before_standing_places_however_near_those_are() -> None:
    event_id = open_event()
    take(event_id, *(f"stalls-{row}-{slot}" for row in (0, 1) for slot in range(10)))
    assert best(event_id, 3) == ["balcony-0-3", "balcony-0-4", "balcony-0-5"]
    assert {seat.partition("-")[0] for seat in best(event_id, 5, person="bob")} == {"floor"}


def test_seats_by_name_and_standing_places_in_one_hold() -> None:
    event_id = open_event()
    wish: dict[str, Any] = {
        "bestAvailable": {"quantity": 2, "sections": ["floor"]},
        "ticketTypes": ["adult", "child", "child"],
    }
    status, held = hold(event_id, ["stalls-0-3"], **wish)
    assert status == 201
    assert [(seat["seatId"].partition("-")[0], seat["ticketTypeId"]) for seat in held["seats"]] == [
        ("stalls", "adult"),
        ("floor", "child"),
        ("floor", "child"),
    ]
    status, problem = hold(event_id, ["stalls-0-3"], person="bob", **wish)
    assert (status, word(problem), problem["seatIds"]) == (409, "seats-unavailable", ["stalls-0-3"])


def test_the_best_beside_a_seat_by_name_is_another_one() -> None:
    event_id = open_event()
    status, held = hold(event_id, ["stalls-0-4"], bestAvailable={"quantity": 2})
    assert status == 201
    assert [seat["seatId"] for seat in held["seats"]] == ["stalls-0-4", "stalls-0-5", "stalls-0-6"]


def test_it_is_another_one_too_after_an_offer_in_the_same_row_was_lost() -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-5"], person="bob")
    status, held = hold(event_id, ["stalls-0-4"], bestAvailable={"quantity": 1, "sections": ["stalls"]})
    assert status == 201
    assert len({seat["seatId"] for seat in held["seats"]} - {"stalls-0-5"}) == 2


def test_one_wheelchair_place_goes_with_its_companions() -> None:
    event_id = open_event()
    assert best(event_id, 1, accessible=True) == ["balcony-0-0"]
    status, problem = hold(
        event_id, person="bob", bestAvailable={"quantity": 1, "accessible": True, "sections": ["stalls"]}
    )
    assert (status, word(problem)) == (409, "seats-unavailable")


def test_a_wheelchair_place_whose_section_is_full_goes_with_a_seat_of_another() -> None:
    event_id = open_event()
    take(event_id, *(f"balcony-0-{slot}" for slot in range(1, 6)))
    place, seat = best(event_id, 2, accessible=True)
    assert (place, seat.split("-")[0]) == ("balcony-0-0", "stalls")


def test_sold_out_has_its_own_word() -> None:
    event_id = open_event(limit_per_person=16)
    everything = [f"stalls-{row}-{slot}" for row in (0, 1) for slot in range(10)]
    everything += [f"balcony-0-{slot}" for slot in range(6)] + [f"floor-0-{slot}" for slot in range(48)]
    everything += [f"floor-1-{slot}" for slot in range(12)]
    before = rows_now()
    for start in range(0, len(everything), 16):
        assert hold(event_id, everything[start : start + 16], person=f"p{start}")[0] == 201
    project(records(before, rows_now()))
    status, problem = hold(event_id, bestAvailable={"quantity": 1})
    assert (status, word(problem)) == (409, "sold-out")


def test_who_took_the_last_seats_and_asks_again_has_them() -> None:
    event_id = open_event()
    take(event_id, *(f"stalls-{row}-{slot}" for row in (0, 1) for slot in range(10) if row or slot > 1))
    wish = {"quantity": 2, "sections": ["stalls"]}
    before = rows_now()
    first = hold(event_id, key="k", bestAvailable=wish)
    assert first[0] == 201
    project(records(before, rows_now()))
    assert hold(event_id, key="k", bestAvailable=wish) == first
    status, problem = hold(event_id, key="other", bestAvailable=wish)
    assert (status, word(problem)) == (409, "seats-unavailable")


def test_sections_that_the_chart_does_not_have() -> None:
    wish = {"quantity": 1, "sections": ["stalls", "loge"]}
    status, problem = hold(open_event(), bestAvailable=wish)
    assert (status, word(problem), problem["sections"]) == (422, "unknown-section", ["loge"])


def test_whatever_is_taken_the_offer_is_free_and_complete() -> None:
    dice = random.Random(11)
    for _ in range(5):
        event_id = open_event()
        taken = [f"stalls-{row}-{slot}" for row in (0, 1) for slot in range(10) if dice.random() < 0.6]
        take(event_id, *taken)
        quantity = dice.randint(1, 20 - len(taken))
        offered = best(event_id, min(quantity, 8), sections=["stalls"])
        assert len(set(offered)) == min(quantity, 8)
        assert not set(offered) & set(taken)
