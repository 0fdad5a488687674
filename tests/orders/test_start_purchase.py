"""POST /orders: what is accepted, once, and every way it is refused with nothing written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import msgspec
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError

import catalog
import payments
from catalog import store as catalog_store
from kit import settings
from kit.errors import Busy
from orders import launching, start_purchase, sweep_orders
from tests import harness
from tests.inventory.house import NOON, PRICING, hold, open_event, release, rows_now, show, word

TWO = ["stalls-0-4", "stalls-0-5"]
SOON = NOON + timedelta(seconds=30)
KEY = {"idempotency-key": "0d9c8f5e-first"}


class Crash(BaseException):
    """The process is gone: nothing after it runs."""


@pytest.fixture
def held() -> Any:
    status, answer = hold(open_event(), TWO)
    assert status == 201
    return answer


def wish(hold_id: str, **more: Any) -> dict[str, Any]:
    return {
        "holdId": hold_id,
        "paymentInfo": {"paymentMethodId": "pm_card_visa"},
        "delivery": {"method": "email"},
        **more,
    }


def order(
    body: Any, *, person: str | None = "ada", now: datetime = SOON, headers: dict[str, str] = KEY
) -> tuple[int, Any]:
    status, answer, _ = harness.call(start_purchase, body=body, person=person, now=now, headers=headers)
    return status, answer


def mine(person: str = "ada") -> list[Any]:
    _, page, _ = harness.call("orders.list_orders", person=person)
    return list(page["orders"])


def sent() -> list[Any]:
    """What waits in the queue of purchases."""
    answer = settings.client("sqs").receive_message(
        QueueUrl=settings.env("QUEUE_PURCHASES"), MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture
def nothing_written() -> Iterator[None]:
    """Whatever the test does, no order and no message is there in the end, and every seat is as it was."""
    yield
    assert (mine(), mine("bob"), sent()) == ([], [], [])


def test_an_order_is_accepted_at_once(held: Any) -> None:
    status, accepted = order(wish(held["holdId"], expectedTotal=held["fare"]["total"]))
    assert (status, accepted["status"]) == (202, "pending")
    assert accepted["fare"]["total"] == held["fare"]["total"]
    assert [(s["seatId"], s["section"], s["row"], s["seat"]) for s in accepted["seats"]] == [
        ("stalls-0-4", "Stalls", "A", "5"),
        ("stalls-0-5", "Stalls", "A", "6"),
    ]
    assert accepted["leaseEndsAt"] == "2030-05-04T12:15:30Z"
    assert mine() == [accepted]
    assert sent() == [
        {
            "orderId": accepted["orderId"],
            "eventId": held["eventId"],
            "personId": "ada",
            "holdId": held["holdId"],
            "seatIds": TWO,
            "leaseEndsAt": "2030-05-04T12:15:30Z",
        }
    ]
    payment = payments.get_payment(accepted["orderId"])
    assert payment and (payment.state, payment.payment_method_id) == ("requested", "pm_card_visa")
    assert (payment.amount.amount, payment.amount.currency) == (16200, "EUR")


def test_an_accepted_order_keeps_its_seats_for_fifteen_minutes_in_all(held: Any) -> None:
    order(wish(held["holdId"]))
    for minute, status in ((14, 409), (16, 201)):
        now = NOON + timedelta(minutes=minute)
        assert hold(held["eventId"], TWO, person="bob", now=now)[0] == status
    assert release(held["holdId"], now=NOON + timedelta(minutes=1))[0] == 409


def test_the_same_key_and_body_get_the_same_answer(held: Any) -> None:
    answers = [order(wish(held["holdId"]), now=SOON + timedelta(seconds=i)) for i in range(3)]
    assert answers[0][0] == 202
    assert answers[1:] == answers[:1] * 2
    assert (len(mine()), len(sent())) == (1, 1)


def test_the_same_key_with_another_body_is_refused(held: Any) -> None:
    order(wish(held["holdId"]))
    status, problem = order(wish(held["holdId"], delivery={"method": "mobile"}))
    assert (status, word(problem)) == (422, "idempotency-mismatch")
    assert len(mine()) == 1


def test_the_same_key_of_another_person_is_another_key(held: Any) -> None:
    _, theirs = hold(held["eventId"], ["stalls-1-0"], person="bob")
    _, first = order(wish(held["holdId"]))
    _, second = order(wish(theirs["holdId"]), person="bob")
    assert first["orderId"] != second["orderId"]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("headers", [{}, {"idempotency-key": ""}, {"idempotency-key": "k" * 256}])
def test_a_key_is_required(held: Any, headers: dict[str, str]) -> None:
    status, problem = order(wish(held["holdId"]), headers=headers)
    assert (status, word(problem)) == (400, "idempotency-key-required")


@pytest.mark.parametrize("crashes_in", ["inventory.extend_rows", "orders.launching.send"])
def test_a_try_that_crashed_is_found_by_the_next(held: Any, crashes_in: str) -> None:
    """While the first may still be running the key is taken; later the same order is answered and started."""
    with mock.patch(crashes_in, side_effect=Crash), pytest.raises(Crash):
        order(wish(held["holdId"]))
    status, problem = order(wish(held["holdId"]))
    assert (status, word(problem), sent()) == (409, "in-progress", [])
    [first] = mine()
    _let_the_first_try_time_out()
    status, again = order(wish(held["holdId"]), now=SOON + timedelta(minutes=1))
    assert (status, again) == (202, first)
    assert [message["orderId"] for message in sent()] == [first["orderId"]]


@pytest.mark.parametrize(
    "other", [{"paymentInfo": {"paymentMethodId": "pm_card_mastercard"}}, {"delivery": {"method": "mobile"}}]
)
def test_a_try_that_crashed_answers_no_other_request(held: Any, other: dict[str, Any]) -> None:
    with mock.patch("inventory.extend_rows", side_effect=Crash), pytest.raises(Crash):
        order(wish(held["holdId"]))
    _let_the_first_try_time_out()
    later = SOON + timedelta(minutes=1)
    status, problem = order(wish(held["holdId"], **other), now=later)
    assert (status, word(problem)) == (422, "idempotency-mismatch")
    assert order(wish(held["holdId"]), now=later) == (202, mine()[0])


def test_a_crash_before_anything_is_written_leaves_the_hold(held: Any) -> None:
    with mock.patch("kit.table.Transaction.commit", side_effect=Crash), pytest.raises(Crash):
        order(wish(held["holdId"]))
    assert (mine(), sent(), show(held["holdId"], now=SOON)) == ([], [], (200, held))


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("call", ["PutItem", "Query", "TransactWriteItems"])
@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_while_the_table_refuses_for_the_moment_nothing_is_written(held: Any, call: str, code: str) -> None:
    send = BaseClient._make_api_call

    def throttled(client: Any, operation: str, parameters: Any) -> Any:
        if operation == call:
            raise ClientError({"Error": {"Code": code, "Message": "slow down"}}, operation)
        return send(client, operation, parameters)

    with mock.patch.object(BaseClient, "_make_api_call", throttled):
        event = harness.http_event(body=wish(held["holdId"]), person="ada", headers=KEY)
        with harness.at(SOON):
            answer = start_purchase.handler(event, harness.CONTEXT)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "1")


@pytest.mark.parametrize("trouble", [ConnectTimeoutError(endpoint_url="sqs")])
def test_an_order_that_could_not_be_sent_is_accepted_and_swept(held: Any, trouble: Exception) -> None:
    with mock.patch.object(launching, "send", side_effect=trouble):
        status, accepted = order(wish(held["holdId"]))
    assert (status, sent()) == (202, [])
    for minutes in (0.5, 2):
        with harness.at(SOON + timedelta(minutes=minutes)):
            sweep_orders.handler({"step": "SweepOrders"}, harness.CONTEXT)
        assert [message["orderId"] for message in sent()] == [accepted["orderId"]] * (minutes > 1)


def test_a_lease_that_could_not_be_written_yet_does_not_stop_an_order(held: Any) -> None:
    with mock.patch("inventory.extend_rows", side_effect=Busy):
        assert order(wish(held["holdId"]))[0] == 202
    assert len(sent()) == 1


def test_one_hold_is_bought_once(held: Any) -> None:
    _, first = order(wish(held["holdId"]))
    status, problem = order(wish(held["holdId"]), headers={"idempotency-key": "another"})
    assert (status, word(problem), problem["orderId"]) == (409, "purchase-in-progress", first["orderId"])
    assert len(mine()) == 1


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(("late_ms", "status"), [(1, 410), (3_600_000, 410)])
def test_a_hold_that_is_over_is_over_even_while_its_record_lasts(held: Any, late_ms: int, status: int) -> None:
    ended = datetime.fromisoformat(held["heldUntil"])
    answered, problem = order(wish(held["holdId"]), now=ended + timedelta(milliseconds=late_ms))
    assert (answered, word(problem)) == (status, "hold-expired")


def test_an_order_comes_at_least_two_seconds_before_the_lease_ends(held: Any) -> None:
    """Or else the next buyer, whose clock may be ahead, could have the seats before the rows know of the order."""
    margin = datetime.fromisoformat(held["heldUntil"]) - timedelta(seconds=2)
    assert order(wish(held["holdId"]), headers={"idempotency-key": "late"}, now=margin)[0] == 410
    assert order(wish(held["holdId"]), now=margin - timedelta(milliseconds=1))[0] == 202


@pytest.mark.usefixtures("nothing_written")
def test_somebody_elses_hold_is_a_missing_hold_to_the_byte(held: Any) -> None:
    theirs, missing = (
        start_purchase.handler(
            harness.http_event(body=wish(hold_id), person="bob", headers={"idempotency-key": hold_id}),
            harness.CONTEXT,
        )
        for hold_id in (held["holdId"], "hld_0000000000000000")
    )
    assert theirs == missing
    assert theirs["statusCode"] == 404


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "total",
    [{"amount": 16199, "currency": "EUR"}, {"amount": 16200, "currency": "USD"}, {"amount": 0, "currency": "EUR"}],
)
def test_another_price_than_quoted_is_refused(held: Any, total: dict[str, Any]) -> None:
    status, problem = order(wish(held["holdId"], expectedTotal=total))
    assert (status, word(problem), problem["total"]) == (422, "price-mismatch", held["fare"]["total"])


def test_a_price_that_changes_meanwhile_is_that_of_later_holds(held: Any) -> None:
    event = catalog.get_event(held["eventId"])
    twice = {category: {kind: 2 * price for kind, price in each.items()} for category, each in PRICING.prices.items()}
    dearer = msgspec.structs.replace(PRICING, prices=twice)
    catalog_store.rewrite_event(event, msgspec.structs.replace(event, pricing=dearer))
    status, accepted = order(wish(held["holdId"], expectedTotal=held["fare"]["total"]))
    assert (status, accepted["fare"]) == (202, held["fare"])
    payment = payments.get_payment(accepted["orderId"])
    assert payment and payment.amount.amount == held["fare"]["total"]["amount"]
    _, later = hold(held["eventId"], ["stalls-1-4"], person="bob", now=SOON)
    assert later["fare"]["lines"][0]["faceValue"]["amount"] == 2 * held["fare"]["lines"][0]["faceValue"]["amount"]


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("field", ["userId", "price", "status", "fees", "role", "amount", "currency"])
def test_what_a_client_may_not_say_is_refused(held: Any, field: str) -> None:
    status, problem = order(wish(held["holdId"], **{field: "1"}))
    assert (status, word(problem), problem["fields"]) == (422, "unknown-field", [field])


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    "body",
    [
        {"paymentInfo": {"paymentMethodId": "4242424242424242"}},
        {"paymentInfo": {"paymentMethodId": "4242 4242 4242 4242"}},
        {"delivery": {"method": "email"}, "holdId": "5555-5555-5555-4444"},
    ],
)
def test_a_card_number_is_refused_and_not_logged(
    held: Any, body: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    status, problem = order(wish(held["holdId"]) | body)
    assert (status, word(problem)) == (422, "card-number-refused")
    said = json.dumps(problem) + "".join(capsys.readouterr())
    assert "4242" not in said and "5555" not in said


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize(
    ("body", "status", "word_"),
    [
        ("{", 400, "bad-json"),
        ('{"holdId": "a", "holdId": "b"}', 400, "bad-json"),
        ("[" * 100_000, 413, "too-large"),
        ("[" * 60_000, 400, "bad-json"),
        ("[]", 422, "invalid"),
        ({"holdId": 7}, 422, "invalid"),
        ({"paymentInfo": {}}, 422, "invalid"),
        ({"paymentInfo": {"paymentMethodId": ""}}, 422, "invalid"),
        ({"paymentInfo": {"paymentMethodId": "pm_\u0000"}}, 422, "invalid"),
        ({"delivery": {"method": "pigeon"}}, 422, "invalid"),
        ({"expectedTotal": {"amount": 1.5, "currency": "EUR"}}, 422, "invalid"),
    ],
)
def test_bad_bodies(held: Any, body: Any, status: int, word_: str) -> None:
    answered, problem = order(body if isinstance(body, str) else wish(held["holdId"]) | body)
    assert (answered, word(problem)) == (status, word_)


@pytest.mark.usefixtures("nothing_written")
def test_only_who_signed_in_buys(held: Any) -> None:
    status, problem = order(wish(held["holdId"]), person=None)
    assert (status, word(problem)) == (401, "unauthenticated")


def test_a_refused_order_leaves_seats_and_hold_as_they_were(held: Any) -> None:
    before = rows_now()
    order(wish(held["holdId"], expectedTotal={"amount": 1, "currency": "EUR"}))
    assert rows_now() == before
    assert order(wish(held["holdId"]))[0] == 202


def _let_the_first_try_time_out() -> None:
    """As if thirty seconds had passed: the record of the first try no longer counts as running."""
    table = settings.env("TABLE_IDEMPOTENCY")
    client = settings.client("dynamodb")
    for item in client.scan(TableName=table)["Items"]:
        client.update_item(
            TableName=table,
            Key={"pk": item["pk"]},
            UpdateExpression="SET in_progress_expiration = :past",
            ExpressionAttributeValues={":past": {"N": "1"}},
        )
