"""Holding, showing and releasing seats, through the front door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from inventory import keys, pace, rows
from inventory.hold_seats import SEATS_MAX
from inventory.seats import SLOTS, Seat
from kit import ids, settings
from tests import harness
from tests.inventory.house import (
    LEASE,
    NOON,
    chart,
    hold,
    open_event,
    project,
    records,
    release,
    rows_now,
    show,
    word,
)

TWO = ["stalls-0-4", "stalls-0-5"]


def test_a_hold_answers_what_the_buyer_must_know() -> None:
    status, held = hold(open_event(), TWO, ticketTypes=["adult", "child"])
    assert status == 201
    assert held["success"] is True
    assert held["heldUntil"] == "2030-05-04T12:10:00Z"
    assert held["seats"][1] == {
        "seatId": "stalls-0-5",
        "section": "Stalls",
        "row": "A",
        "seat": "6",
        "category": "best",
        "ticketTypeId": "child",
        "price": {"amount": 4000, "currency": "EUR"},
    }
    assert held["fare"]["total"] == {"amount": 12200, "currency": "EUR"}
    assert held["fare"]["expiresAt"] == held["heldUntil"]


def test_a_hold_is_shown_to_its_person_alone() -> None:
    _, held = hold(open_event(), TWO)
    assert show(held["holdId"]) == (200, held)
    foreign = show(held["holdId"], person="bob")
    missing = show("hld_0000000000000000", person="bob")
    assert foreign == missing
    assert foreign[0] == 404


def test_one_seat_taken_and_none_is_held() -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-5"], person="bob")
    status, problem = hold(event_id, ["stalls-0-4", "stalls-0-5", "stalls-1-0"])
    assert (status, word(problem), problem["seatIds"]) == (409, "seats-unavailable", ["stalls-0-5"])
    assert hold(event_id, ["stalls-0-4", "stalls-1-0"], person="cyd")[0] == 201


def test_a_refused_hold_leaves_no_claim_behind() -> None:
    event_id = open_event()
    hold(event_id, TWO, person="bob")
    hold(event_id, TWO)
    _, held = hold(event_id, ["stalls-1-0"])
    assert held["heldUntil"] == "2030-05-04T12:10:00Z"


def test_seats_across_rows_and_sections() -> None:
    event_id = open_event()
    seats = ["stalls-0-0", "stalls-1-0", "balcony-0-2", "floor-1-3"]
    assert hold(event_id, seats)[0] == 201
    for seat in seats:
        assert hold(event_id, [seat], person="bob")[0] == 409


def test_released_seats_are_free_at_once() -> None:
    event_id = open_event()
    _, held = hold(event_id, [*TWO, "balcony-0-2"])
    assert release(held["holdId"], person="bob")[0] == 404
    assert release(held["holdId"]) == (204, None)
    assert show(held["holdId"])[0] == 404
    assert hold(event_id, [*TWO, "balcony-0-2"], person="bob")[0] == 201


def test_an_ended_lease_frees_the_seats_to_the_next_buyer_at_once() -> None:
    event_id = open_event()
    _, held = hold(event_id, TWO)
    end = NOON + LEASE
    assert hold(event_id, TWO, person="bob", now=end)[0] == 409
    assert hold(event_id, TWO, person="bob", now=end + timedelta(milliseconds=1))[0] == 201
    status, problem = show(held["holdId"], now=end)
    assert (status, word(problem)) == (410, "hold-expired")


def test_after_the_lease_the_person_may_hold_again() -> None:
    event_id = open_event()
    hold(event_id, TWO)
    later = NOON + LEASE + timedelta(seconds=3)
    status, held = hold(event_id, ["stalls-0-6"], now=later)
    assert (status, held["heldUntil"]) == (201, "2030-05-04T12:20:03Z")


def test_a_second_hold_replaces_the_first() -> None:
    event_id = open_event()
    _, first = hold(event_id, ["stalls-0-0", "stalls-0-1", "balcony-0-2"])
    status, second = hold(event_id, ["stalls-0-1", "stalls-1-1"], now=NOON + timedelta(minutes=1))
    assert status == 201
    assert show(first["holdId"])[0] == 404
    assert show(second["holdId"])[0] == 200
    assert hold(event_id, ["stalls-0-0", "balcony-0-2"], person="bob")[0] == 201
    assert hold(event_id, ["stalls-0-1"], person="cyd")[0] == 409


def test_a_second_hold_that_fails_leaves_the_first() -> None:
    event_id = open_event()
    _, first = hold(event_id, TWO)
    hold(event_id, ["stalls-1-1"], person="bob")
    status, problem = hold(event_id, ["stalls-0-4", "stalls-1-1"])
    assert (status, problem["seatIds"]) == (409, ["stalls-1-1"])
    assert show(first["holdId"]) == (200, first)
    assert hold(event_id, TWO, person="cyd")[0] == 409


def test_replacing_again_and_again_ends_at_the_first_ones_hard_maximum() -> None:
    event_id = open_event()
    hold(event_id, TWO)
    _, second = hold(event_id, TWO, now=NOON + timedelta(minutes=9))
    assert second["heldUntil"] == "2030-05-04T12:15:00Z"
    _, third = hold(event_id, ["stalls-0-4", "stalls-0-6"], now=NOON + timedelta(minutes=14))
    assert third["heldUntil"] == "2030-05-04T12:15:00Z"


def test_a_hold_lasts_no_longer_than_its_hard_maximum_however_often_it_is_asked_for() -> None:
    event_id = open_event()
    hold(event_id, TWO)
    _, longest = hold(event_id, TWO, now=NOON + timedelta(minutes=9))
    status, problem = hold(event_id, TWO[::-1], now=NOON + timedelta(minutes=10))
    assert (status, word(problem), problem["heldUntil"]) == (409, "hold-not-extendable", "2030-05-04T12:15:00.000Z")
    assert show(longest["holdId"], now=NOON + timedelta(minutes=10)) == (200, longest)


def test_the_same_key_gets_the_same_hold() -> None:
    event_id = open_event()
    first = hold(event_id, TWO, key="k1")
    again = hold(event_id, TWO, key="k1", now=NOON + timedelta(seconds=9))
    assert again == first
    status, problem = hold(event_id, ["stalls-1-1"], key="k1")
    assert (status, word(problem)) == (422, "idempotency-mismatch")


def test_a_copy_of_a_request_whose_hold_is_over_holds_nothing() -> None:
    event_id = open_event()
    _, held = hold(event_id, TWO, key="k1")
    release(held["holdId"])
    assert word(hold(event_id, TWO, key="k1")[1]) == "hold-expired"
    assert word(hold(event_id, TWO, key="k1", now=NOON + timedelta(hours=1))[1]) == "hold-expired"
    assert hold(event_id, TWO, person="bob", key="k1")[0] == 201


@pytest.mark.parametrize(
    ("after", "other"), [(timedelta(seconds=5), "k2"), (pace.RESTED + LEASE, None), (keys.KEPT - pace.EVERY, "k2")]
)
def test_a_key_of_a_hold_before_the_last_makes_no_other_hold(after: timedelta, other: str | None) -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"], key="k1")
    _, second = hold(event_id, ["stalls-0-1"], key=other)
    before = rows_now()
    now = NOON + after
    assert word(hold(event_id, ["stalls-0-0"], key="k1", now=now)[1]) == "hold-expired"
    assert word(hold(event_id, ["stalls-0-5"], key="k1", now=now)[1]) == "idempotency-mismatch"
    assert rows_now() == before
    assert show(second["holdId"], now=NOON + timedelta(seconds=5))[0] == 200
    assert hold(event_id, ["stalls-0-0"], key="k1", now=NOON + keys.KEPT)[0] == 201


def test_more_keys_are_remembered_than_the_pace_lets_through_in_two_minutes() -> None:
    used = [keys.Used(f"k{number}", "asked", NOON) for number in range(keys.KEPT_MAX + 1)]
    assert keys.kept(used, NOON) == used[1:]
    assert pace.AT_ONCE + timedelta(minutes=2) // pace.EVERY <= keys.KEPT_MAX


def test_a_refused_request_may_come_again_with_its_key() -> None:
    event_id = open_event()
    _, theirs = hold(event_id, TWO, person="bob")
    assert hold(event_id, TWO, key="k1")[0] == 409
    release(theirs["holdId"], person="bob")
    assert hold(event_id, TWO, key="k1")[0] == 201


def test_a_seat_given_back_by_a_clock_that_runs_ahead_is_free_at_once() -> None:
    event_id = open_event()
    _, theirs = hold(event_id, TWO, person="bob")
    release(theirs["holdId"], person="bob", now=NOON + timedelta(seconds=2))
    status, held = hold(event_id, TWO)
    assert (status, held["heldUntil"]) == (201, "2030-05-04T12:10:00Z")
    assert show(held["holdId"]) == (200, held)


def test_rows_and_claims_fit_in_one_write_unit() -> None:
    event_id = open_event()
    assert hold(event_id, [f"stalls-0-{slot}" for slot in range(8)], key="k" * 255)[0] == 201
    items = settings.client("dynamodb").scan(TableName="test-inventory")["Items"]
    claim = next(item for item in items if item["pk"]["S"].startswith("P#"))
    assert item_size(claim) < 1024
    assert max(item_size(item) for item in items if "s47" in item) < 1024


def item_size(item: dict[str, dict[str, Any]]) -> int:
    """In bytes, as DynamoDB counts them but for the exact length of numbers."""
    return sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())


def test_a_key_that_is_too_long_is_refused() -> None:
    status, problem = hold(open_event(), TWO, key="k" * 256)
    assert (status, word(problem)) == (400, "idempotency-key-required")


def test_the_limit_counts_what_is_held() -> None:
    event_id = open_event(limit_per_person=3)
    status, problem = hold(event_id, [f"stalls-0-{slot}" for slot in range(4)])
    assert (status, word(problem), problem["limit"]) == (403, "limit-exceeded", 3)


@pytest.mark.parametrize(
    ("seat_ids", "wanted"),
    [
        ([], "no-seats"),
        (["stalls-0-4", "stalls-0-4"], "duplicate-seats"),
        (["stalls-0-10"], "unknown-seat"),
        (["stalls-2-0"], "unknown-seat"),
        (["loge-0-0"], "unknown-seat"),
        (["floor-1-12"], "unknown-seat"),
        (["stalls-00-4"], "unknown-seat"),
        (["../../etc"], "unknown-seat"),
        (["stalls-0-4", "STALLS-0-4"], "unknown-seat"),
    ],
)
def test_seats_that_cannot_be_held(seat_ids: list[str], wanted: str) -> None:
    event_id = open_event()
    status, problem = hold(event_id, seat_ids)
    assert (status, word(problem)) == (422, wanted)
    assert hold(event_id, TWO)[0] == 201


def test_the_largest_hold_replaces_another_in_the_same_row_in_one_condition() -> None:
    """DynamoDB refuses more than 300 operators, which no emulator counts."""
    row = [Seat("stalls", 0, slot) for slot in range(SLOTS)]
    hold_id = ids.new("hld", NOON)
    new, old = row[:SEATS_MAX], row[SEATS_MAX:][:SEATS_MAX]
    [update] = rows.replacement("evt_1", new, old, (hold_id, NOON), (hold_id, NOON), NOON)
    assert len(re.findall(r">=|=|<|AND|OR", update["ConditionExpression"])) <= 300


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "1e309", '"2"', "null", "true", "17"])
def test_quantities_that_cannot_be_held(quantity: str) -> None:
    event_id = open_event()
    body = f'{{"eventId": "{event_id}", "bestAvailable": {{"quantity": {quantity}}}}}'
    status, problem, _ = harness.call("inventory.hold_seats", body=body, person="ada", now=NOON)
    assert (status, word(problem)) == (422, "invalid-quantity")


def test_seats_by_name_and_others_are_together_no_more_than_one_hold_may_have() -> None:
    event_id = open_event(limit_per_person=50)
    named = [f"floor-0-{place}" for place in range(SEATS_MAX - 1)]
    before = rows_now()
    status, problem = hold(event_id, named, bestAvailable={"quantity": 2})
    assert (status, word(problem), rows_now()) == (422, "invalid-quantity", before)
    assert hold(event_id, named, bestAvailable={"quantity": 1})[0] == 201


@pytest.mark.parametrize(
    "extra",
    [{"userId": "bob"}, {"price": 1}, {"status": "sold"}, {"bestAvailable": {"quantity": 2, "role": "organizer"}}],
)
def test_fields_that_nobody_may_send(extra: dict[str, Any]) -> None:
    event_id = open_event()
    seats = None if "bestAvailable" in extra else TWO
    status, problem = hold(event_id, seats, **extra)
    assert (status, word(problem)) == (422, "unknown-field")


def test_ticket_types_fit_the_seats() -> None:
    event_id = open_event()
    assert word(hold(event_id, TWO, ticketTypes=["adult"])[1]) == "invalid"
    assert word(hold(event_id, TWO, ticketTypes=["adult", "dog"])[1]) == "unknown-ticket-type"
    assert word(hold(event_id)[1]) == "invalid"


def test_events_that_are_not_on_sale() -> None:
    soon = open_event(on_sale_at=NOON + timedelta(hours=1))
    status, problem = hold(soon, TWO)
    assert (status, word(problem), problem["onSaleAt"]) == (409, "not-on-sale-yet", "2030-05-04T13:00:00.000Z")
    assert word(hold(open_event(on_sale=False), TWO)[1]) == "not-on-sale-yet"
    over = open_event(sale_ends_at=NOON + timedelta(hours=1))
    assert word(hold(over, TWO, now=NOON + timedelta(hours=1))[1]) == "event-over"
    cancelled = open_event(status="cancelled", on_sale=False)
    assert word(hold(cancelled, TWO)[1]) == "event-cancelled"
    assert hold("evt_0000000000000000", TWO)[0] == 404
    assert hold("../evt", TWO)[0] == 404
    assert hold(open_event(status="draft", on_sale=False), TWO)[0] == 404


def test_every_reason_has_a_word_of_its_own_and_nothing_is_held() -> None:
    """Also where the rest of the wish could be had."""
    elsewhere = open_event(chart("Another house", floor=100))
    assert hold(elsewhere, ["floor-2-0"], person="bob")[0] == 201
    tiny = msgspec.structs.replace(chart("Tiny house"), sections=chart().sections[:1])
    gone = open_event(tiny, limit_per_person=20)
    before = rows_now()
    for row, person in enumerate(("bob", "cem")):
        assert hold(gone, [f"stalls-{row}-{slot}" for slot in range(10)], person=person)[0] == 201
    project(records(before, rows_now()))
    best = {"bestAvailable": {"quantity": 1, "sections": ["stalls", "loge"]}}
    wishes: dict[str, tuple[str, Any]] = {
        "unknown-section": (open_event(), best),
        "unknown-seat": (open_event(), {"seatIds": [TWO[0], "floor-2-0"]}),
        "event-over": (open_event(sale_ends_at=NOON), {"seatIds": TWO}),
        "event-cancelled": (open_event(status="cancelled", on_sale=False), {"seatIds": TWO}),
        "event-moved": (open_event(status="moved", on_sale=False), {"seatIds": TWO}),
        "not-on-sale-yet": (open_event(on_sale_at=NOON + timedelta(minutes=1)), {"seatIds": TWO}),
        "sold-out": (gone, {"bestAvailable": {"quantity": 1}}),
    }
    stored = settings.client("dynamodb").scan(TableName="test-inventory")["Items"]
    refused = {wanted: word(hold(event_id, **wish)[1]) for wanted, (event_id, wish) in wishes.items()}
    assert refused == {wanted: wanted for wanted in wishes}
    assert settings.client("dynamodb").scan(TableName="test-inventory")["Items"] == stored


def test_a_hold_needs_somebody() -> None:
    for module in ("inventory.hold_seats", "inventory.show_hold", "inventory.release_hold"):
        status, problem, _ = harness.call(module, path={"holdId": "hld_0000000000000000"}, body={})
        assert (status, word(problem)) == (401, "unauthenticated")


@pytest.mark.parametrize("late_ms", [0, 500, 1999, 2001])
def test_a_hold_right_after_the_last_one_ended_has_its_whole_lease(late_ms: int) -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"])
    _, replaced = hold(event_id, ["stalls-0-1"], now=NOON + timedelta(minutes=9, seconds=59))
    assert replaced["heldUntil"] == "2030-05-04T12:15:00Z"
    after = NOON + timedelta(minutes=15, milliseconds=late_ms)
    status, again = hold(event_id, ["stalls-0-2"], now=after)
    assert (status, datetime.fromisoformat(again["heldUntil"])) == (201, after + LEASE)
