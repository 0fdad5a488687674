"""From hold to tickets, and every way back: the machine with the verbs themselves and the Stripe stand-in."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from stripe._http_client import HTTPClient

import fraud
import payments
from fraud.rules import Rule
from infra.triggers import Step
from infra.wiring import WIRING
from kit import ids, settings
from local.stripe_standin import StripeStandIn
from orders import get_order, reviews
from orders.store import MessageItem
from payments import gateway
from tests import harness
from tests.inventory.house import NOON, hold, open_event, show, word
from tests.payments.deliveries import deliver, sent
from tests.statemachines.machine import Run, machine

TWO = ["stalls-0-4", "stalls-0-5"]
SOON = NOON + timedelta(minutes=1)
VERBS = {trigger.name: verb for wired in WIRING for trigger, verb in wired.verbs.items() if isinstance(trigger, Step)}
INSUFFICIENT = "pm_card_chargeDeclinedInsufficientFunds"
Start = Callable[[str], Run]


@pytest.fixture(autouse=True)
def start(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Runs the purchase that waits in the queue for this order, at `SOON`."""
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)  # the SDK's pause between tries
    gateway._client_of.cache_clear()
    with (
        harness.aws(STRIPE_API_BASE=stripe_standin.url),
        machine("purchase", {state: _handler(verb) for state, verb in VERBS.items()}) as begin,
    ):

        def run(order_id: str) -> Run:
            with harness.at(SOON):
                return begin(_waiting()[order_id])

        yield run
    gateway._client_of.cache_clear()


def _handler(verb: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: importlib.import_module(verb).handler(document, harness.CONTEXT)


def _waiting() -> dict[str, Any]:
    answer = settings.client("sqs").receive_message(
        QueueUrl=settings.env("QUEUE_PURCHASES"), MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    bodies = [json.loads(message["Body"]) for message in answer["Messages"]]
    return {body["orderId"]: body for body in bodies}


def held() -> Any:
    return hold(open_event(), TWO)[1]


def buy(hold_id: str, card: str = "pm_card_visa", key: str = "first") -> str:
    """An accepted order."""
    status, order, _ = harness.call(
        "orders.start_purchase",
        body={"holdId": hold_id, "paymentInfo": {"paymentMethodId": card}},
        headers={"idempotency-key": key},
        person="ada",
        now=SOON,
    )
    assert status == 202, order
    return str(order["orderId"])


def tickets() -> list[str]:
    _, page, _ = harness.call("tickets.list_tickets", person="ada")
    return sorted(ticket["seat"] for ticket in page["tickets"])


def messages(order_id: str) -> list[str]:
    return [item.message for item in MessageItem.query(f"O#{order_id}", MessageItem.sk.startswith("outbox#"))]


def is_free(event_id: str) -> bool:
    return hold(event_id, TWO, person="bob", now=SOON)[0] == 201


def money(order_id: str) -> str | None:
    payment = payments.get_payment(order_id)
    return payment.state if payment else None


def test_a_purchase(start: Start) -> None:
    basket = held()
    order_id = buy(basket["holdId"])
    for _ in range(2):  # whatever starts it again finds everything done
        assert start(order_id).status == "SUCCEEDED"
        assert (get_order(order_id).status, money(order_id)) == ("completed", "captured")
        assert (tickets(), messages(order_id)) == (["5", "6"], ["order-completed"])
    assert not is_free(basket["eventId"])


def test_a_declined_card_then_another(start: Start) -> None:
    basket = held()
    declined = buy(basket["holdId"], INSUFFICIENT)
    assert start(declined).status == "SUCCEEDED"
    order = get_order(declined)
    assert (order.status, order.reason, order.decline_code) == ("failed", "payment-declined", "insufficient_funds")
    assert (tickets(), messages(declined)) == ([], ["order-failed"])
    assert show(basket["holdId"], now=SOON)[0] == 200
    accepted = buy(basket["holdId"], key="second")
    assert get_order(accepted).lease_ends_at == order.lease_ends_at - timedelta(milliseconds=1)
    start(accepted)
    assert (get_order(accepted).status, tickets()) == ("completed", ["5", "6"])
    assert get_order(declined).status == "failed"


def test_three_declined_cards_free_the_seats(start: Start) -> None:
    basket = held()
    for key in ("first", "second", "third"):
        assert show(basket["holdId"], now=SOON)[0] == 200
        start(buy(basket["holdId"], INSUFFICIENT, key))
    assert show(basket["holdId"], now=SOON)[0] == 404
    assert is_free(basket["eventId"])


@pytest.mark.parametrize(
    ("passes", "status", "reason", "in_hand"),
    [(True, "completed", None, ["5", "6"]), (False, "failed", "authentication-required", [])],
)
def test_the_buyer_answers_to_the_bank(
    start: Start,
    stripe_standin: StripeStandIn,
    monkeypatch: pytest.MonkeyPatch,
    passes: bool,
    status: str,
    reason: str | None,
    in_hand: list[str],
) -> None:
    """As soon as the purchase waits, the buyer sees what to do, does it, and Stripe's webhook sends it on."""
    wait = payments.waiting

    def wait_and_be_answered(order_id: str, task_token: str) -> None:
        wait(order_id, task_token)
        secret = shown(order_id)["nextAction"]["clientSecret"]
        assert shown(order_id, "eve")["status"] == 404
        intent = stripe_standin.ask("state")["ledger"][0]["payment_intent"]
        stripe_standin.ask(f"intents/{intent}/authentication", {"client_secret": secret, "passed": passes})
        assert deliver(sent(stripe_standin, order_id, "amount_capturable_updated" if passes else "payment_failed"))
        assert "nextAction" not in shown(order_id)

    monkeypatch.setattr(payments, "waiting", wait_and_be_answered)
    basket = held()
    order_id = buy(basket["holdId"], "pm_card_authenticationRequired")
    assert "nextAction" not in shown(order_id)
    assert start(order_id).status == "SUCCEEDED"
    order = get_order(order_id)
    assert (order.status, order.reason, tickets()) == (status, reason, in_hand)
    assert (show(basket["holdId"], now=SOON)[0] == 200) == (not passes), "another card may be tried"


def shown(order_id: str, person: str = "ada") -> Any:
    return harness.call("orders.show_order", path={"orderId": order_id}, person=person, now=SOON)[1]


def test_a_purchase_that_comes_after_its_lease_keeps_no_money(start: Start) -> None:
    basket = held()
    order_id = buy(basket["holdId"])
    with mock.patch(f"{__name__}.SOON", NOON + timedelta(minutes=17)):
        assert start(order_id).status == "SUCCEEDED"
    assert (get_order(order_id).reason, money(order_id), tickets()) == ("hold-expired", "voided", [])
    assert hold(basket["eventId"], TWO, person="bob", now=NOON + timedelta(minutes=17))[0] == 201


def test_an_order_that_is_blocked_moves_no_money(start: Start, stripe_standin: StripeStandIn) -> None:
    """S3; and a block stays one, whatever starts the purchase again (I16)."""
    basket = held()
    order_id = buy(basket["holdId"])
    for _ in range(20):
        fraud.assess(ids.new("ord", SOON), "ada", basket["eventId"], seats=2, total_minor=9000, now=SOON)
    assert start(order_id).status == "SUCCEEDED"
    assert (get_order(order_id).reason, money(order_id), tickets()) == ("not-accepted", "voided", [])
    assert stripe_standin.ask("state")["ledger"] == []
    assert is_free(basket["eventId"])
    decision = fraud.decision_on(order_id)
    assert decision and decision.verdict == "block"


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, str]]]:
    """Every order waits for review; whoever is asked says at once what `reviewed` holds, and notes the answers."""
    answers: list[tuple[int, str]] = []
    ask = reviews.ask

    def ask_and_be_answered(order_id: str, task_token: str, now: Any) -> None:
        ask(order_id, task_token, now)
        assert get_order(order_id).status == "in_review"
        for decision in ("perhaps", os.environ["OPERATOR_SAYS"], "approve", "decline"):
            status, answer, _ = answer_review(order_id, decision)
            answers.append((status, answer.get("decision") or word(answer)))

    monkeypatch.setattr(reviews, "ask", ask_and_be_answered)
    monkeypatch.setattr("fraud.rules.RULES", (Rule("any", "seats", 1, "review"),))
    yield answers


def answer_review(order_id: str, decision: str, groups: tuple[str, ...] = ("operator",)) -> tuple[int, Any, Any]:
    return harness.call(
        "orders.answer_review", path={"orderId": order_id}, body={"decision": decision}, person="olaf", groups=groups
    )


@pytest.mark.parametrize(
    ("says", "status", "reason", "in_hand"),
    [("approve", "completed", None, ["5", "6"]), ("decline", "failed", "not-accepted", [])],
)
def test_a_person_decides_once(
    start: Start,
    reviewed: list[tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
    says: str,
    status: str,
    reason: str | None,
    in_hand: list[str],
) -> None:
    monkeypatch.setenv("OPERATOR_SAYS", says)
    basket = held()
    order_id = buy(basket["holdId"])
    assert start(order_id).status == "SUCCEEDED"
    order = get_order(order_id)
    assert (order.status, order.reason, tickets()) == (status, reason, in_hand)
    assert [code for code, _ in reviewed] == [422, 200, 409, 409]
    assert reviewed[1:] == [(200, says), (409, "review-closed"), (409, "review-closed")]
    assert is_free(basket["eventId"]) == (says == "decline")


def test_only_operators_review_and_only_what_is_asked() -> None:
    order_id = buy(held()["holdId"])
    assert answer_review(order_id, "approve", ("fan", "organizer"))[0] == 403
    for missing in (order_id, "ord_0000000000000000"):
        status, problem, _ = answer_review(missing, "approve")
        assert (status, word(problem)) == (404, "not-found")


def test_a_refused_capture_frees_the_sold_seats(start: Start, stripe_standin: StripeStandIn) -> None:
    basket = held()
    order_id = buy(basket["holdId"])
    sell = importlib.import_module("inventory.sell_seats").sell_seats

    def sell_and_lose_the_authorisation(*arguments: Any) -> None:
        sell(*arguments)
        payment = payments.get_payment(order_id)
        assert payment and payment.intent_id
        gateway.cancel(payment.intent_id)

    with mock.patch("inventory.sell_seats.sell_seats", sell_and_lose_the_authorisation):
        start(order_id)
    assert (get_order(order_id).reason, money(order_id), tickets()) == ("technical", "voided", [])
    assert is_free(basket["eventId"])
    assert hold(basket["eventId"], [f"stalls-1-{i}" for i in range(8)], now=SOON)[0] == 201
