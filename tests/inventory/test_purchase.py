"""From hold to sold, and back: accept, extend, sell, release, each repeated and interrupted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory import HoldExpired, PurchaseInProgress, SeatsLost, extend_rows, get_hold, pin_hold
from kit import ids
from kit.clock import rfc3339
from kit.errors import NotFound
from kit.table import Transaction
from tests import harness
from tests.inventory.house import LEASE, NOON, hold, open_event, release, rows_now, show, word

SEATS = ["stalls-0-0", "stalls-0-1", "balcony-0-2"]
DEADLINE = NOON + timedelta(minutes=16)


def accept(
    hold_id: str, *, person: str = "ada", now: datetime = NOON + timedelta(minutes=1), extended: bool = True
) -> dict[str, Any]:
    """What the orders context does with a hold; answers the input of the purchase's steps."""
    held = get_hold(person, hold_id, now)
    order_id, deadline = ids.new("ord", now), held.order_deadline(DEADLINE)
    transaction = Transaction()
    pin_hold(transaction, held, order_id, deadline, now)
    transaction.commit()
    if extended:
        extend_rows(held, deadline)
    return {
        "orderId": order_id,
        "eventId": held.event_id,
        "personId": person,
        "holdId": hold_id,
        "seatIds": held.seat_ids,
        "leaseEndsAt": rfc3339(deadline),
    }


def sell(purchase: dict[str, Any], now: datetime = NOON + timedelta(minutes=2)) -> Any:
    return harness.run_step("inventory.sell_seats", "SellSeats", purchase, now)


def undo(purchase: dict[str, Any], now: datetime = NOON + timedelta(minutes=2)) -> Any:
    return harness.run_step("inventory.release_seats", "ReleaseSeats", purchase, now)


def test_from_hold_to_sold() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    purchase = accept(held["holdId"])
    assert show(held["holdId"])[1]["orderId"] == purchase["orderId"]
    assert sell(purchase) == {"seatIds": SEATS}
    assert show(held["holdId"])[0] == 404
    in_a_year = NOON + timedelta(days=25)
    for seat in SEATS:
        assert hold(event_id, [seat], person="bob", now=in_a_year)[0] == 409


def test_selling_again_changes_nothing() -> None:
    _, held = hold(open_event(), SEATS)
    purchase = accept(held["holdId"])
    sell(purchase)
    before = [{name: value for name, value in row.items() if name != "ver"} for row in rows_now().values()]
    sell(purchase, now=DEADLINE + timedelta(days=1))
    after = [{name: value for name, value in row.items() if name != "ver"} for row in rows_now().values()]
    assert after == before


def test_owned_seats_count_towards_the_limit_once() -> None:
    event_id = open_event(limit_per_person=4)
    _, held = hold(event_id, SEATS)
    purchase = accept(held["holdId"])
    sell(purchase)
    sell(purchase)
    status, problem = hold(event_id, ["stalls-1-0", "stalls-1-1"])
    assert (status, word(problem), problem["owned"]) == (403, "limit-exceeded", 3)
    assert hold(event_id, ["stalls-1-0"])[0] == 201


def test_a_purchase_keeps_its_seats_past_the_holds_lease_but_not_past_its_deadline() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    accept(held["holdId"])
    assert hold(event_id, SEATS, person="bob", now=NOON + LEASE + timedelta(minutes=1))[0] == 409
    assert hold(event_id, SEATS, person="bob", now=DEADLINE + timedelta(seconds=1))[0] == 201


def test_nothing_is_sold_after_the_deadline() -> None:
    _, held = hold(open_event(), SEATS)
    purchase = accept(held["holdId"])
    with pytest.raises(HoldExpired):
        sell(purchase, now=DEADLINE)
    undo(purchase, now=DEADLINE)
    with pytest.raises(SeatsLost):
        sell(purchase)


def test_a_crash_before_the_rows_had_the_deadline_is_made_up_for() -> None:
    _, held = hold(open_event(), SEATS)
    assert sell(accept(held["holdId"], extended=False)) == {"seatIds": SEATS}


def test_seats_lost_before_the_rows_had_the_deadline_are_not_sold() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    purchase = accept(held["holdId"], extended=False)
    later = NOON + LEASE + timedelta(seconds=3)
    hold(event_id, SEATS[:1], person="bob", now=later)
    with pytest.raises(SeatsLost):
        sell(purchase, now=later)
    undo(purchase, now=later)
    assert hold(event_id, SEATS[:1], person="cyd", now=later)[0] == 409
    assert hold(event_id, SEATS[1:], person="cyd", now=later)[0] == 201


def test_an_ended_hold_cannot_be_bought() -> None:
    _, held = hold(open_event(), SEATS)
    with pytest.raises(HoldExpired):
        accept(held["holdId"], now=NOON + LEASE)
    with pytest.raises(NotFound):
        accept(held["holdId"], person="bob")
    stale = get_hold("ada", held["holdId"], NOON)
    transaction = Transaction()
    pin_hold(transaction, stale, "ord_0000000000000000", DEADLINE, NOON + LEASE + timedelta(milliseconds=1))
    with pytest.raises(HoldExpired):
        transaction.commit()


def test_one_hold_has_one_order() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    stale = get_hold("ada", held["holdId"], NOON)
    purchase = accept(held["holdId"])
    with pytest.raises(PurchaseInProgress):
        accept(held["holdId"])
    transaction = Transaction()
    pin_hold(transaction, stale, "ord_0000000000000000", DEADLINE, NOON)
    with pytest.raises(HoldExpired):
        transaction.commit()
    for status, problem in (release(held["holdId"]), hold(event_id, ["stalls-1-0"])):
        assert (status, word(problem), problem["orderId"]) == (409, "purchase-in-progress", purchase["orderId"])


@pytest.mark.parametrize("sold_first", [False, True])
def test_a_failed_purchase_gives_everything_back(sold_first: bool) -> None:
    event_id = open_event(limit_per_person=3)
    _, held = hold(event_id, SEATS)
    purchase = accept(held["holdId"])
    if sold_first:
        sell(purchase)
    undo(purchase)
    undo(purchase)
    assert hold(event_id, SEATS)[0] == 201


def test_undoing_late_does_not_touch_what_the_same_person_bought_since() -> None:
    event_id = open_event(limit_per_person=3)
    _, held = hold(event_id, SEATS)
    failed = accept(held["holdId"])
    undo(failed)
    _, held = hold(event_id, SEATS)
    bought = accept(held["holdId"])
    sell(bought)
    undo(failed)
    assert hold(event_id, SEATS, person="bob")[0] == 409
    status, problem = hold(event_id, ["stalls-1-0"])
    assert (status, problem["owned"]) == (403, 3)
