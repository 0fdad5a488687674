"""Bad wishes on the running product: seats, holds, orders and Stripe's word; and nothing written, nothing lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.stripe_standin.courier import sign
from tests.journeys.doors import MISSING, Answer
from tests.journeys.world import HELD, SOLD, World, claims_of

FREE = ["stallsc-1-0", "stallsc-1-1", "stallsc-2-0", "stallsc-2-1"]


# Seats (7, 8, 9, 13)


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "2.0", "NaN", "1e309", '"2"', "true", "null", "[2]", "9" * 400])
def test_a_quantity_that_is_none(world: World, quantity: str) -> None:
    raw = f'{{"eventId": "{world.evening}", "bestAvailable": {{"quantity": {quantity}}}}}'.encode()
    assert world.ask("POST", "/seats/hold", raw, world.eve).said == (422, "invalid-quantity")


SEATS = {
    "empty": ([], "no-seats"),
    "duplicate": ([FREE[0], FREE[0]], "duplicate-seats"),
    "of another event": ([FREE[0], "hall-0-0"], "unknown-seat"),
    "unknown row": ([FREE[0], "stallsc-99-0"], "unknown-seat"),
    "unknown place in the row": ([FREE[0], "stallsc-0-47"], "unknown-seat"),
    "another spelling": (["stallsc-01-0"], "unknown-seat"),
    "traversal": (["../../etc-0-0"], "unknown-seat"),
    "no text": ([1], "invalid"),
    "no list": ("stallsc-1-0", "invalid"),
}


@pytest.mark.parametrize(("seat_ids", "word"), SEATS.values(), ids=SEATS)
def test_seats_that_are_none(world: World, seat_ids: Any, word: str) -> None:
    body = {"eventId": world.evening, "seatIds": seat_ids}
    assert world.ask("POST", "/seats/hold", body, world.eve).said == (422, word)


@pytest.mark.parametrize("taken", [SOLD[0], HELD[0]], ids=["sold", "held"])
def test_one_seat_of_five_taken(world: World, taken: str) -> None:
    body = {"eventId": world.evening, "seatIds": [*FREE, taken]}
    answer = world.ask("POST", "/seats/hold", body, world.eve)
    assert (answer.said, answer.json["seatIds"]) == ((409, "seats-unavailable"), [taken])


def test_a_hold_that_expired_a_moment_ago(world: World) -> None:
    """Its record and its rows are still there: the clock alone says that it is over."""
    key = {"pk": {"S": f"P#{claims_of(world.ada)['sub']}"}, "sk": {"S": world.evening}}
    table = world.table("inventory")
    item = world.tables.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    ended = {"N": str(int(time.time() * 1000) - 1)}
    world.tables.put_item(TableName=table, Item=item | {"until": ended, "held_until": ended})
    try:
        shown = world.ask("GET", f"/seats/hold/{world.adas['holdId']}", token=world.ada)
        bought = world.ask("POST", "/orders", world.order(), world.ada, idempotency_key="late")
    finally:
        world.tables.put_item(TableName=table, Item=item)
    assert shown.said == bought.said == (410, "hold-expired")


# Doing it twice (14, 15)


def test_an_order_without_a_key(world: World) -> None:
    for headers in ({}, {"idempotency_key": " "}, {"idempotency_key": "k" * 256}):
        answer = world.ask("POST", "/orders", world.order(), world.ada, **headers)
        assert answer.said == (400, "idempotency-key-required")


def test_a_key_that_was_used(world: World) -> None:
    """With the body of then: the answer of then, though the hold has become an order. With another: none."""
    body = world.order(holdId=_hold_of(world.ask("GET", f"/orders/{world.adas['orderId']}", token=world.ada)))
    first, again = (world.ask("POST", "/orders", body, world.ada, idempotency_key="first") for _ in range(2))
    assert (first.status, first.body) == (202, again.body)
    assert first.json["orderId"] == world.adas["orderId"]
    other = world.ask("POST", "/orders", world.order(), world.ada, idempotency_key="first")
    assert other.said == (422, "idempotency-mismatch")


def test_a_key_in_use(world: World) -> None:
    [stored] = [item for item in world.items("idempotency") if world.adas["orderId"] in item["data"]["S"]]
    for_a_while = {"N": str(int(time.time() * 1000) + 30_000)}
    under_way = {**stored, "status": {"S": "INPROGRESS"}, "in_progress_expiration": for_a_while}
    table = world.table("idempotency")
    body = world.order(holdId=_hold_of(world.ask("GET", f"/orders/{world.adas['orderId']}", token=world.ada)))
    world.tables.put_item(TableName=table, Item=under_way)
    try:
        answer = world.ask("POST", "/orders", body, world.ada, idempotency_key="first")
    finally:
        world.tables.put_item(TableName=table, Item=stored)
    assert answer.said == (409, "in-progress")
    assert int(answer.headers["retry-after"]) >= 1


# Stripe's word (20, 21, 22)


def event(**changes: Any) -> bytes:
    """An event about an order that nobody placed."""
    intent = {"id": "pi_nobodys", "status": "succeeded", "amount": 1, "currency": "eur", "amount_received": 1}
    data = {"object": {**intent, "metadata": {"order_id": MISSING["orderId"]}}}
    kind = {"id": "evt_abuse", "type": "payment_intent.succeeded", "livemode": False, "created": int(time.time())}
    return json.dumps({**kind, "data": data, **changes}, indent=2).encode()


def signature(raw: bytes, secret: str, late: int = 0) -> str:
    return sign(raw, secret, int(time.time()) - late)


SIGNATURES: dict[str, Callable[[bytes, str], str]] = {
    "none": lambda raw, secret: "",
    "nonsense": lambda raw, secret: "t=now,v1=yes",
    "another secret": lambda raw, secret: signature(raw, "whsec_guess"),
    "v0 alone": lambda raw, secret: signature(raw, secret).replace("v1=", "v0="),
    "too late": lambda raw, secret: signature(raw, secret, late=305),
    "of the same, written otherwise": lambda raw, secret: signature(json.dumps(json.loads(raw)).encode(), secret),
    "endless": lambda raw, secret: f"t={'9' * 5_000},v1=00",
}


@pytest.mark.parametrize("forge", SIGNATURES.values(), ids=SIGNATURES)
def test_a_webhook_that_is_not_stripes(world: World, forge: Callable[[bytes, str], str]) -> None:
    raw, before = event(), world.items("payments")
    header = forge(raw, world.site.stripe.webhook_secret)
    answer = world.ask("POST", "/payments/webhook", raw, stripe_signature=header)
    assert answer.said == (400, "bad-signature")
    assert world.items("payments") == before


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/octet-stream"])
def test_a_webhook_counts_once(world: World, kind: str) -> None:
    """The gateway hands bodies of other types on as base64; what is verified is the bytes that Stripe signed."""
    raw = event(id=f"evt_{time.time_ns()}")
    header = signature(raw, world.site.stripe.webhook_secret)
    answers = [
        world.ask("POST", "/payments/webhook", raw, content_type=kind, stripe_signature=header) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.json["outcome"] for answer in answers] == ["parked", "repeated"]


def _hold_of(answer: Answer) -> str:
    return str(answer.json["holdId"])
