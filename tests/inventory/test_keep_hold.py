"""A declined card leaves the seats with the buyer: for the rest of the lease, for three cards at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inventory import CardsExhausted, HoldExpired, PurchaseInProgress, get_hold, rows
from inventory.seats import free_after, parse_all
from tests import harness
from tests.inventory.house import NOON, hold, open_event, release, show
from tests.inventory.test_purchase import DEADLINE, SEATS, accept, sell, undo

SOON = NOON + timedelta(minutes=3)


def keep(purchase: dict[str, Any]) -> Any:
    return harness.run_step("inventory.keep_hold", "KeepHold", purchase, SOON)


def test_the_hold_is_free_to_buy_again_until_the_orders_deadline() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    keep(accept(held["holdId"]))
    status, shown = show(held["holdId"], now=SOON)
    assert (status, shown["heldUntil"], "orderId" in shown) == (200, "2030-05-04T12:16:00Z", False)
    assert shown["fare"] == {**held["fare"], "expiresAt": shown["heldUntil"]}
    assert hold(event_id, SEATS[:1], person="bob", now=DEADLINE - timedelta(seconds=3))[0] == 409
    assert hold(event_id, SEATS[:1], person="bob", now=DEADLINE + timedelta(seconds=3))[0] == 201


def test_keeping_again_changes_nothing_even_when_the_next_order_has_come() -> None:
    _, held = hold(open_event(), SEATS)
    first = accept(held["holdId"])
    keep(first)
    keep(first)
    second = accept(held["holdId"], now=SOON)
    keep(first)
    with pytest.raises(PurchaseInProgress):
        accept(held["holdId"], now=SOON)
    assert sell(second) == {"seatIds": SEATS}


def test_the_third_declined_card_is_the_last() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    for _ in range(2):
        keep(accept(held["holdId"], now=SOON))
    third = accept(held["holdId"], now=SOON)
    with pytest.raises(CardsExhausted):
        keep(third)
    undo(third, now=SOON)
    assert show(held["holdId"], now=SOON)[0] == 404
    assert hold(event_id, SEATS, person="bob", now=SOON)[0] == 201


def test_a_crash_before_the_rows_got_their_deadline_is_mended() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    keep(accept(held["holdId"], extended=False))
    assert hold(event_id, SEATS, person="bob", now=DEADLINE - timedelta(seconds=3))[0] == 409


def test_after_the_lease_nothing_is_kept() -> None:
    _, held = hold(open_event(), SEATS)
    purchase = accept(held["holdId"])
    with pytest.raises(HoldExpired):
        harness.run_step("inventory.keep_hold", "KeepHold", purchase, DEADLINE)


def test_a_kept_hold_can_be_released() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    keep(accept(held["holdId"]))
    assert release(held["holdId"], now=SOON)[0] == 204
    assert hold(event_id, SEATS, person="bob", now=SOON)[0] == 201


def test_a_release_on_its_way_when_the_next_order_comes_gives_nothing_back() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    keep(accept(held["holdId"]))
    then = get_hold("ada", held["holdId"], SOON)
    second = accept(held["holdId"], now=SOON)
    rows.release(event_id, parse_all(SEATS), then.hold_id, then.held_until, free_after(then.hold_id))
    assert sell(second) == {"seatIds": SEATS}


def test_a_later_hold_starts_anew() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    keep(accept(held["holdId"]))
    later = DEADLINE + timedelta(minutes=3)
    _, again = hold(event_id, SEATS, now=later)
    assert get_hold("ada", again["holdId"], later).declined == 0


def test_a_hold_in_place_of_a_kept_one_keeps_its_count() -> None:
    event_id = open_event()
    _, held = hold(event_id, SEATS)
    keep(accept(held["holdId"]))
    _, other = hold(event_id, ["stalls-1-0"], now=SOON)
    assert get_hold("ada", other["holdId"], SOON).declined == 1
