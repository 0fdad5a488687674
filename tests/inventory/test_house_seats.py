"""House seats: kept out of the sale and given back, all or none, never somebody's; and the counts add up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from inventory import rows
from inventory.seats import parse_all
from inventory.writes import Refused
from kit import ids
from tests import harness
from tests.inventory.house import LEASE, NOON, free_seats, hold, open_event, project, records, rows_now, word
from tests.inventory.test_best import best

FRONT = ["stalls-0-4", "stalls-0-5", "balcony-0-2"]


def block(event_id: str, seat_ids: Sequence[str] = FRONT, *, key: str = "", **body: Any) -> tuple[int, Any]:
    status, answer, _ = harness.call(
        "inventory.block_seats",
        path={"eventId": event_id},
        body={"seatIds": list(seat_ids), "label": "Camera", **body},
        person="olga",
        groups=["organizer"],
        headers={"idempotency-key": key} if key else {},
        now=NOON,
    )
    return status, answer


def release(event_id: str, block_id: str, seat_ids: Sequence[str] | None = None) -> tuple[int, Any]:
    status, answer, _ = harness.call(
        "inventory.release_block",
        path={"eventId": event_id, "blockId": block_id},
        body={} if seat_ids is None else {"seatIds": list(seat_ids)},
        person="olga",
        groups=["organizer"],
        now=NOON + timedelta(seconds=1),
    )
    return status, answer


def house(event_id: str) -> dict[str, Any]:
    status, answer, _ = harness.call(
        "inventory.show_house", path={"eventId": event_id}, person="olga", groups=["organizer"], now=NOON
    )
    assert status == 200, answer
    return dict(answer)


def counts(event_id: str, section: str = "stalls") -> tuple[int, ...]:
    [found] = [one for one in house(event_id)["sections"] if one["section"] == section]
    assert found["available"] + found["held"] + found["sold"] + found["blocked"] == found["capacity"]
    return tuple(found[word] for word in ("available", "held", "sold", "blocked"))


def test_house_seats_are_nobodys_to_hold_and_taken_on_the_map() -> None:
    event_id = open_event()
    before = rows_now()
    status, kept = block(event_id)
    assert status == 201
    assert (kept["label"], kept["kind"], kept["seatIds"]) == ("Camera", "blocked", FRONT)
    project(records(before, rows_now()))
    shown = free_seats(event_id)
    assert [number for number, bit in enumerate(shown[:86]) if bit == "0"] == [4, 5, 22]
    for much_later in (NOON, NOON + timedelta(days=20)):
        status, problem = hold(event_id, ["stalls-0-4"], now=much_later)
        assert (status, word(problem), problem["seatIds"]) == (409, "seats-unavailable", ["stalls-0-4"])
    assert best(event_id, 2, person="bob", sections=["stalls"]) == ["stalls-0-6", "stalls-0-7"]


def test_seats_given_back_are_for_sale_again_in_part_or_all() -> None:
    event_id = open_event()
    _, kept = block(event_id)
    status, left = release(event_id, kept["blockId"], ["stalls-0-5"])
    assert (status, left["seatIds"]) == (200, ["stalls-0-4", "balcony-0-2"])
    later = NOON + timedelta(seconds=2)
    assert hold(event_id, ["stalls-0-5"], now=later)[0] == 201
    assert hold(event_id, ["stalls-0-4"], person="bob", now=later)[0] == 409
    assert release(event_id, kept["blockId"])[1]["seatIds"] == []
    assert release(event_id, kept["blockId"])[1]["seatIds"] == []
    assert hold(event_id, ["stalls-0-4"], person="bob", now=later)[0] == 201
    status, problem = release(event_id, kept["blockId"], ["stalls-0-5"])
    assert (status, word(problem), problem["seatIds"]) == (422, "unknown-seat", ["stalls-0-5"])


def test_a_seat_named_twice_is_not_given_back() -> None:
    event_id = open_event()
    _, kept = block(event_id)
    before = rows_now()
    status, problem = release(event_id, kept["blockId"], ["stalls-0-4", "stalls-0-4"])
    assert (status, word(problem)) == (422, "duplicate-seats")
    assert rows_now() == before


def test_somebodys_seats_are_named_and_nothing_is_kept() -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-5"], person="bob")
    before = rows_now()
    status, problem = block(event_id)
    assert (status, word(problem), problem["seatIds"]) == (409, "seats-unavailable", ["stalls-0-5"])
    assert rows_now() == before
    assert house(event_id)["blocks"] == []


def test_a_lease_that_has_ended_is_no_obstacle_and_house_seats_are_one() -> None:
    event_id = open_event()
    rows.take(event_id, parse_all(FRONT[:1]), ids.new("hld", NOON - LEASE), NOON - timedelta(seconds=1), NOON - LEASE)
    assert block(event_id)[0] == 201
    status, problem = block(event_id, ["stalls-0-3", "stalls-0-4"])
    assert (status, problem["seatIds"]) == (409, ["stalls-0-4"])


def test_counts_by_section_add_up_to_its_capacity() -> None:
    event_id = open_event()
    _, kept = block(event_id, kind="reserved")
    _, held = hold(event_id, ["stalls-1-0", "stalls-1-1", "stalls-1-2"])
    until = NOON + LEASE
    rows.sell(event_id, parse_all(["stalls-1-0"]), held["holdId"], ids.new("ord", NOON), until, NOON)
    assert counts(event_id) == (15, 2, 1, 2)
    assert counts(event_id, "balcony") == (5, 0, 0, 1)
    assert counts(event_id, "floor") == (60, 0, 0, 0)
    assert house(event_id)["blocks"] == [kept]
    release(event_id, kept["blockId"])
    assert counts(event_id) == (17, 2, 1, 0)


def test_the_same_request_again_makes_no_second_block() -> None:
    event_id = open_event()
    first = block(event_id, key="k")
    release(event_id, first[1]["blockId"])
    assert hold(event_id, ["stalls-0-4"], now=NOON + timedelta(seconds=2))[0] == 201
    before = rows_now()
    status, again = block(event_id, key="k")
    assert (status, again["blockId"], again["seatIds"]) == (201, first[1]["blockId"], [])
    assert rows_now() == before
    assert word(block(event_id, key="k", label="Other")[1]) == "idempotency-mismatch"


def test_a_hold_that_arrives_late_does_not_find_released_house_seats_free() -> None:
    """What was asked for before the seats were given back is not written after."""
    event_id = open_event()
    early = ids.new("hld", NOON)
    _, kept = block(event_id)
    release(event_id, kept["blockId"])
    with pytest.raises(Refused):
        rows.take(event_id, parse_all(["stalls-0-4"]), early, NOON + LEASE, NOON)


@pytest.mark.parametrize(
    ("seat_ids", "wanted"),
    [([], "invalid"), (["stalls-0-4", "stalls-0-4"], "duplicate-seats"), (["loge-0-0"], "unknown-seat")],
)
def test_seats_that_cannot_be_kept(seat_ids: list[str], wanted: str) -> None:
    assert word(block(open_event(), seat_ids)[1]) == wanted


def test_only_organizers_and_only_of_what_is_there() -> None:
    event_id = open_event()
    for verb in ("block_seats", "release_block", "show_house"):
        status, problem, _ = harness.call(f"inventory.{verb}", path={"eventId": event_id, "blockId": "b"}, person="ada")
        assert (status, word(problem)) == (403, "forbidden")
    assert release(event_id, "blk_0000000000000000")[0] == 404
    assert block("evt_0000000000000000")[0] == 404
    assert word(block(open_event(on_sale=False))[1]) == "not-on-sale-yet"
