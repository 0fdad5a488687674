"""Case 30: who tries to pay for one event again and again is asked to wait, before another order is made."""

from __future__ import annotations

import fraud
from kit import ids
from tests import harness
from tests.inventory.house import NOON, hold, open_event, word


def attempts(person: str, event_id: str, count: int) -> None:
    for _ in range(count):
        fraud.assess(ids.new("ord", NOON), person, event_id, seats=1, total_minor=100, now=NOON)


def order(hold_id: str, key: str, person: str = "ada") -> tuple[int, str, dict[str, str]]:
    body = {"holdId": hold_id, "paymentInfo": {"paymentMethodId": "pm_card_visa"}}
    status, answer, headers = harness.call(
        "orders.start_purchase", body=body, headers={"idempotency-key": key}, person=person, now=NOON
    )
    return status, word(answer) if status != 202 else answer["orderId"], headers


def test_the_eleventh_try_in_an_hour_is_refused() -> None:
    event_id = open_event()
    basket = hold(event_id, ["stalls-0-4"])[1]
    attempts("ada", event_id, 10)
    status, problem, headers = order(basket["holdId"], "eleventh")
    assert (status, problem) == (429, "payment-velocity") and int(headers["retry-after"]) > 0


def test_an_accepted_order_is_answered_again_and_others_may_buy() -> None:
    event_id, another = open_event(), open_event()
    attempts("ada", event_id, 9)
    accepted = order(hold(event_id, ["stalls-0-4"])[1]["holdId"], "tenth")
    assert accepted[0] == 202
    attempts("ada", event_id, 1)
    assert order("hld_0000000000000000", "tenth")[1] == "idempotency-mismatch"
    assert order(hold(another, ["stalls-0-4"])[1]["holdId"], "elsewhere")[0] == 202
    assert order(hold(event_id, ["stalls-0-6"], person="eve")[1]["holdId"], "first", "eve")[0] == 202
