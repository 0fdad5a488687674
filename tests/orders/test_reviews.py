"""GET /operator/reviews: what waits for a person, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import fraud
from orders import await_review, complete_order, list_reviews, reviews, store
from tests import harness
from tests.orders.conftest import NOON, accepted
from tests.tickets.conftest import a_person

LATER = NOON + timedelta(minutes=1)
MACHINE = Path(__file__).parents[2] / "statemachines/purchase.asl.json"


def waits(person: str = "ada", key: str = "key-1", after_seconds: int = 0) -> Any:
    order = accepted(person, key, NOON + timedelta(seconds=after_seconds))
    await_review.await_review(order.order_id, f"token-{key}", NOON + timedelta(seconds=after_seconds))
    return order


def listed(query: dict[str, str] | None = None, *, operator: str = "olaf", now: Any = LATER) -> Any:
    status, page, _ = harness.call(list_reviews, query=query, person=operator, groups=["operator"], now=now)
    assert status == 200, page
    return page


def ids_of(page: Any) -> list[str]:
    return [review["order"]["orderId"] for review in page["reviews"]]


def test_what_a_person_needs_to_decide() -> None:
    a_person("ada", name="Ada")
    bought = accepted(key="before", at=NOON - timedelta(hours=1))
    complete_order.complete_order(bought, NOON)
    order = waits()
    fraud.assess(order.order_id, "ada", order.event_id, seats=30, total_minor=9000, now=NOON)
    [review] = listed()["reviews"]
    assert review["order"]["fare"]["total"] == {"amount": 9000, "currency": "EUR"}
    assert [seat["seat"] for seat in review["order"]["seats"]] == ["5", "6"]
    assert review["rules"] == ["many-seats"]
    assert review["buyer"] == {
        "name": "Ada",
        "email": "ada@example.test",
        "ordersCompleted": 1,
        "ordersFailed": 0,
    }
    assert (review["askedAt"], review["until"]) == ("2030-06-01T12:00:00Z", "2030-06-01T12:10:00Z")


def test_the_longest_waiting_first_in_pages() -> None:
    placed = [waits(key=f"key-{i}", after_seconds=i // 2) for i in range(5)]
    page = listed({"limit": "2"})
    found = ids_of(page)
    while cursor := page.get("nextCursor"):
        page = listed({"limit": "2", "cursor": cursor})
        found += ids_of(page)
    assert sorted(found) == sorted(order.order_id for order in placed)
    assert set(found[:2]) == {order.order_id for order in placed[:2]}


def test_what_was_answered_or_has_ended_or_gave_up_is_gone() -> None:
    answered, ended, waiting = waits(key="a"), waits(key="b"), waits(key="c", after_seconds=300)
    reviews.ReviewItem(f"O#{answered.order_id}", reviews.REVIEW).update([reviews.ReviewItem.waiting.remove()])
    store.move(ended, "failed", LATER)
    assert ids_of(listed()) == [waiting.order_id]
    assert ids_of(listed(now=NOON + timedelta(seconds=301) + reviews.PATIENCE)) == []


def test_an_answer_takes_it_off_the_list() -> None:
    order = waits()
    status, _, _ = harness.call(
        "orders.answer_review",
        path={"orderId": order.order_id},
        body={"decision": "approve"},
        person="olaf",
        groups=["operator"],
    )
    assert status == 200
    assert ids_of(listed()) == []


def test_only_for_operators_and_their_own_cursors() -> None:
    for group in ("fan", "organizer", "gate"):
        status, problem, _ = harness.call(list_reviews, person="eve", groups=[group])
        assert (status, problem["type"].rpartition("/")[2]) == (403, "forbidden")
    for i in range(2):
        waits(key=f"key-{i}")
    cursor = listed({"limit": "1"})["nextCursor"]
    status, _, _ = harness.call(list_reviews, query={"cursor": cursor}, person="otto", groups=["operator"], now=LATER)
    assert status == 400


def test_the_list_knows_how_long_the_machine_waits() -> None:
    machine = json.loads(MACHINE.read_text())
    assert machine["States"]["AwaitReview"]["TimeoutSeconds"] == reviews.PATIENCE.total_seconds()
