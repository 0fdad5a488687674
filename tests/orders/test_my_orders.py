"""GET /orders and GET /orders/{orderId}: mine only, newest first, as they stand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from orders import complete_order, list_orders, show_order
from tests import harness
from tests.orders.conftest import NOON, accepted


def test_an_order_as_it_stands() -> None:
    order = accepted()
    status, shown, headers = harness.call(show_order, path={"orderId": order.order_id}, person="ada")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert shown["status"] == "pending"
    assert shown["fare"]["total"] == {"amount": 9000, "currency": "EUR"}
    assert [seat["seat"] for seat in shown["seats"]] == ["5", "6"]
    assert shown["leaseEndsAt"] == "2030-06-01T12:15:00Z"
    assert "reason" not in shown


def test_somebody_elses_order_is_a_missing_order_to_the_byte() -> None:
    theirs, missing = (
        show_order.handler(harness.http_event(path={"orderId": order_id}, person="eve"), harness.CONTEXT)
        for order_id in (accepted().order_id, "ord_0000000000000000")
    )
    assert theirs == missing
    assert (theirs["statusCode"], json.loads(theirs["body"])["type"].rpartition("/")[2]) == (404, "not-found")


@pytest.mark.parametrize("order_id", ["../../etc/passwd", "ord_%00", "x" * 2000, "ord_ÄÖ"])
def test_an_order_id_is_only_ever_looked_up(order_id: str) -> None:
    status, _, _ = harness.call(show_order, path={"orderId": order_id}, person="ada")
    assert status == 404


def test_pages_newest_first() -> None:
    placed = [accepted(key=f"key-{i}", at=NOON + timedelta(seconds=i)) for i in range(5)]
    accepted(person="eve")
    complete_order.complete_order(placed[4], NOON)
    seen, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        status, page, _ = harness.call(list_orders, query=query, person="ada")
        assert status == 200
        seen += page["orders"]
        cursor = page.get("nextCursor")
        if not cursor:
            break
    assert [order["orderId"] for order in seen] == [order.order_id for order in reversed(placed)]
    assert [order["status"] for order in seen] == ["completed", *["pending"] * 4]


def test_nobody_elses_cursor() -> None:
    for i in range(3):
        accepted(key=f"key-{i}", at=NOON + timedelta(seconds=i))
    _, page, _ = harness.call(list_orders, query={"limit": "2"}, person="ada")
    for cursor, person in (
        (page["nextCursor"], "eve"),
        (page["nextCursor"][:-2] + "AA", "ada"),
        ("x", "ada"),
    ):
        status, problem, _ = harness.call(list_orders, query={"cursor": cursor}, person=person)
        assert (status, problem["type"].rpartition("/")[2]) == (400, "invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "-1", "1000000000", "2.5", "many"])
def test_a_limit_is_between_1_and_100(limit: str) -> None:
    status, _, _ = harness.call(list_orders, query={"limit": limit}, person="ada")
    assert status == 422


@pytest.mark.parametrize("verb", [list_orders, show_order])
def test_only_for_who_signed_in(verb: harness.Entry) -> None:
    status, problem, _ = harness.call(verb, path={"orderId": "ord_0000000000000000"})
    assert (status, problem["type"].rpartition("/")[2]) == (401, "unauthenticated")
