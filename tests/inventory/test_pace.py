"""Holds in a row, and the same seats again and again: throttled, at no cost to those who do neither."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inventory import claims, rows, writes
from inventory.pace import AT_ONCE, EVERY, RESTED
from tests import harness
from tests.inventory.house import LEASE, NOON, hold, open_event, release, word

MINUTE = timedelta(minutes=1)


def test_whoever_holds_and_releases_without_end_is_told_to_wait() -> None:
    event_id = open_event()
    for number in range(AT_ONCE):
        status, held = hold(event_id, [f"stalls-{number % 2}-{number // 2}"])
        assert status == 201, number
        assert release(held["holdId"])[0] == 204
    body = {"eventId": event_id, "seatIds": ["balcony-0-2"]}
    status, problem, headers = harness.call("inventory.hold_seats", body=body, person="ada", now=NOON)
    assert (status, word(problem), headers["retry-after"]) == (
        429,
        "hold-throttled",
        str(EVERY // timedelta(seconds=1)),
    )
    assert hold(event_id, ["balcony-0-2"], person="bob")[0] == 201
    assert hold(event_id, ["balcony-0-3"], now=NOON + EVERY)[0] == 201
    assert word(hold(event_id, ["balcony-0-4"], now=NOON + EVERY)[1]) == "hold-throttled"


def test_so_is_whoever_replaces_without_end_and_the_hold_stays() -> None:
    event_id = open_event()
    for number in range(AT_ONCE):
        assert hold(event_id, [f"stalls-{number % 2}-{number // 2}"])[0] == 201
    assert word(hold(event_id, ["balcony-0-2"])[1]) == "hold-throttled"
    assert hold(event_id, [f"stalls-{(AT_ONCE - 1) % 2}-{(AT_ONCE - 1) // 2}"], person="bob")[0] == 409


def test_losing_every_race_throttles_nobody() -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"], person="bob")
    for _ in range(AT_ONCE + 2):
        assert hold(event_id, ["stalls-0-0"])[0] == 409
    assert hold(event_id, ["stalls-0-1"])[0] == 201


def test_the_same_seats_again_go_on_with_the_first_holds_time() -> None:
    event_id = open_event()
    _, held = hold(event_id, ["stalls-0-0", "stalls-0-1"])
    release(held["holdId"], now=NOON + 8 * MINUTE)
    status, again = hold(event_id, ["stalls-0-1", "stalls-0-2"], now=NOON + 9 * MINUTE)
    assert (status, again["heldUntil"]) == (201, "2030-05-04T12:15:00Z")


def test_seats_held_as_long_as_can_be_must_rest() -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"])
    hold(event_id, ["stalls-0-0"], now=NOON + 9 * MINUTE)
    over = NOON + 15 * MINUTE
    body = {"eventId": event_id, "seatIds": ["stalls-0-0", "stalls-0-1"]}
    for later in (timedelta(seconds=1), 30 * timedelta(seconds=1), RESTED - timedelta(seconds=1)):
        status, problem, headers = harness.call("inventory.hold_seats", body=body, person="ada", now=over + later)
        assert (status, word(problem), problem["seatIds"]) == (429, "hold-throttled", ["stalls-0-0"])
        assert int(headers["retry-after"]) == (RESTED - later).total_seconds()
    assert hold(event_id, ["stalls-0-0"], person="bob", now=over + MINUTE)[0] == 201
    status, held = hold(event_id, ["stalls-0-1"], now=over + RESTED)
    assert (status, held["heldUntil"]) == (201, "2030-05-04T12:27:00Z")


@pytest.mark.parametrize("refused", [True, False])
def test_a_hold_of_other_seats_in_between_is_no_rest(refused: bool) -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"])
    hold(event_id, ["stalls-0-0"], now=NOON + 9 * MINUTE)
    over = NOON + 15 * MINUTE + timedelta(seconds=3)
    if refused:
        hold(event_id, ["balcony-0-4"], person="bob", now=over)
    assert hold(event_id, ["balcony-0-4"], now=over)[0] == (409 if refused else 201)
    status, problem = hold(event_id, ["stalls-0-0"], now=over)
    assert (status, word(problem), problem.get("seatIds")) == (429, "hold-throttled", ["stalls-0-0"])
    assert hold(event_id, ["stalls-0-0"], now=over + RESTED)[0] == 201


def test_best_available_offers_others_instead() -> None:
    event_id = open_event()
    wish = {"quantity": 2, "sections": ["stalls"]}
    _, first = hold(event_id, bestAvailable=wish)
    hold(event_id, [seat["seatId"] for seat in first["seats"]], now=NOON + 9 * MINUTE)
    status, second = hold(event_id, bestAvailable=wish, now=NOON + 15 * MINUTE + timedelta(seconds=5))
    assert status == 201
    assert not {seat["seatId"] for seat in first["seats"]} & {seat["seatId"] for seat in second["seats"]}


def test_whoever_held_nothing_lately_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits cost nothing: a hold is two updates, and one that comes soon after another is three."""
    sent: list[str] = []
    send = writes.send

    def count(operation: str, request: Any) -> Any:
        sent.append(operation)
        return send(operation, request)

    event_id = open_event()
    monkeypatch.setattr(rows, "send", count)
    monkeypatch.setattr(claims, "send", count)
    hold(event_id, ["stalls-0-0", "stalls-0-1"])
    assert sent == ["update_item"] * 2
    sent.clear()
    hold(event_id, ["stalls-0-2", "stalls-0-3"], now=NOON + LEASE + RESTED + MINUTE)
    assert sent == ["update_item"] * 2
