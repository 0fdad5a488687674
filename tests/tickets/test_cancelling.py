"""Giving tickets back: from the buyer's word to seats on sale, money at the bank, and books in balance."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from stripe._http_client import HTTPClient

import orders
import payments
from catalog import RefundPolicy
from infra.triggers import Step
from infra.wiring import WIRING
from kit.money import Money
from kit.table import Transaction
from local.stripe_standin import StripeStandIn
from orders import complete_order, launching, sweep_orders
from orders.store import MessageItem
from payments import gateway
from payments.refund_payment import refund_payment
from tests import harness
from tests.inventory.house import NOON, hold, open_event, word
from tests.payments.purchases import check_books, given_back
from tests.statemachines.machine import machine
from tickets import store, ticket_id_of

TWO = ["stalls-0-4", "stalls-0-5"]
TOTAL, FACE = 16_200, 8_000
SOON = NOON + timedelta(minutes=1)
FAIR = RefundPolicy(until_hours_before_start=48, fees_returned=False)
GENEROUS = RefundPolicy(until_hours_before_start=48, fees_returned=True)
VERBS = {trigger.name: verb for wired in WIRING for trigger, verb in wired.verbs.items() if isinstance(trigger, Step)}
HAPPY = ("AssessFraud", "AuthorizePayment", "SellSeats", "CapturePayment", "IssueTickets", "CompleteOrder")


@pytest.fixture(autouse=True)
def _running(stripe_standin: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cancellations run as soon as they are begun, at `SOON`."""
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    gateway._client_of.cache_clear()
    steps = {state: _handler(verb) for state, verb in VERBS.items()}
    with harness.aws(STRIPE_API_BASE=stripe_standin.url), machine("cancellation", steps) as begin:

        def execute(machine: str, name: str, document: Any) -> None:
            with harness.at(SOON):
                assert begin(msgspec.to_builtins(document)).status == "SUCCEEDED"

        monkeypatch.setattr(launching, "_execute", execute)
        yield
    gateway._client_of.cache_clear()


def _handler(verb: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: importlib.import_module(verb).handler(document, harness.CONTEXT)


def accepted(policy: RefundPolicy | None = GENEROUS) -> Any:
    """An order whose purchase has not begun, and the input of its steps."""
    event_id = open_event(refund_policy=policy)
    _, basket = hold(event_id, TWO)
    status, order, _ = harness.call(
        "orders.start_purchase",
        body={"holdId": basket["holdId"], "paymentInfo": {"paymentMethodId": "pm_card_visa"}},
        headers={"idempotency-key": event_id},
        person="ada",
        now=SOON,
    )
    assert status == 202, order
    return order


def bought(policy: RefundPolicy | None = GENEROUS) -> Any:
    return buy(accepted(policy))


def buy(order: Any, upto: str = "CompleteOrder") -> Any:
    document = {
        **{key: order[key] for key in ("orderId", "eventId", "personId", "holdId", "leaseEndsAt")},
        "seatIds": [seat["seatId"] for seat in order["seats"]],
        "challenge": False,
    }
    for state in HAPPY[: HAPPY.index(upto) + 1]:
        harness.run_step(VERBS[state], state, document, SOON)
    return order


def cancel(
    order: Any, seats: list[str] | None = None, person: str = "ada", now: Any = SOON, **body: Any
) -> tuple[int, Any]:
    tickets = {"ticketIds": [ticket_id_of(order["orderId"], seat) for seat in seats]} if seats else {}
    status, answer, _ = harness.call(
        "tickets.cancel_tickets", path={"orderId": order["orderId"]}, body=tickets | body, person=person, now=now
    )
    return status, answer


def quoted(order: Any, seats: list[str] | None = None, now: Any = SOON) -> tuple[int, Any]:
    query = {"ticketIds": ",".join(ticket_id_of(order["orderId"], seat) for seat in seats)} if seats else {}
    status, answer, _ = harness.call(
        "tickets.quote_cancellation", path={"orderId": order["orderId"]}, query=query, person="ada", now=now
    )
    return status, answer


def refused(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], word(answer[1])


def standing() -> list[str]:
    _, page, _ = harness.call("tickets.list_tickets", person="ada")
    return [ticket["status"] for ticket in page["tickets"]]


def status_of(order: Any) -> str:
    return orders.get_order(order["orderId"]).status


def messages(order: Any) -> list[str]:
    items = MessageItem.query(f"O#{order['orderId']}", MessageItem.sk.startswith("outbox#"))
    return sorted(item.message for item in items)


def test_a_whole_order_given_back(stripe_standin: StripeStandIn) -> None:
    order = bought()
    assert quoted(order)[1]["refund"] == {"amount": TOTAL, "currency": "EUR"}
    status, answer = cancel(order)
    assert (status, answer["status"]) == (202, "cancelled")
    assert (status_of(order), standing()) == ("refunded", ["void", "void"])
    assert given_back(stripe_standin, order["orderId"]) == TOTAL
    assert check_books(stripe_standin, order["orderId"]).refunded == TOTAL
    assert messages(order) == ["order-cancelled", "order-completed"]
    assert hold(order["eventId"], TWO, person="bob", now=SOON)[0] == 201
    row = [f"stalls-1-{number}" for number in range(8)]
    assert hold(order["eventId"], row, now=SOON)[0] == 201, "they count for the limit no longer"


def test_single_tickets_add_up_to_the_whole_and_fees_are_kept(stripe_standin: StripeStandIn) -> None:
    order = bought(FAIR)
    assert cancel(order, [TWO[0]], expectedRefund={"amount": FACE, "currency": "EUR"})[0] == 202
    shown = harness.call("orders.show_order", path={"orderId": order["orderId"]}, person="ada")[1]
    assert (shown["status"], shown["cancellations"][0]["seatIds"]) == ("completed", [TWO[0]])
    assert shown["cancellations"][0]["closed"] is True
    assert sorted(standing()) == ["active", "void"]
    assert hold(order["eventId"], [TWO[0]], person="bob", now=SOON)[0] == 201
    assert refused(hold(order["eventId"], [TWO[1]], person="eve", now=SOON)) == (409, "seats-unavailable")
    assert cancel(order)[0] == 202
    assert (status_of(order), given_back(stripe_standin, order["orderId"])) == ("refunded", TOTAL - 200)
    assert check_books(stripe_standin, order["orderId"]).refunded == TOTAL - 200
    assert messages(order) == ["order-cancelled", "order-cancelled", "order-completed"]


@pytest.mark.parametrize("policy", [None, FAIR])
def test_the_policy_has_the_last_word(policy: RefundPolicy | None) -> None:
    order = bought(policy)
    late = NOON + timedelta(days=28, seconds=1)
    for answer in (cancel(order, now=late), quoted(order, now=late)):
        assert refused(answer) == (409, "cancellation-refused")
        assert (answer[1]["refundPolicy"] is None) == (policy is None)
    assert standing() == ["active", "active"]


def test_only_once_only_mine_and_only_what_is_there(stripe_standin: StripeStandIn) -> None:
    order = bought()
    order_id = order["orderId"]
    assert cancel(order, person="eve") == cancel({"orderId": "ord_0000000000000000"})
    assert refused(cancel(order, ["stalls-0-6"])) == (404, "not-found")
    for expected in ({"amount": TOTAL, "currency": "USD"}, {"amount": TOTAL + 1, "currency": "EUR"}):
        assert refused(cancel(order, expectedRefund=expected)) == (422, "refund-mismatch")
    assert cancel(order, ["nobody"] * 51)[0] == 422
    store.restrict(ticket_id_of(order_id, TWO[0]), "flagged")
    assert refused(cancel(order)) == (409, "ticket-not-valid")
    assert (status_of(order), given_back(stripe_standin, order_id)) == ("completed", 0)
    assert cancel(order, [TWO[1], TWO[1]])[0] == 202
    assert refused(cancel(order, [TWO[1]])) == (409, "nothing-to-cancel")
    store.restrict(ticket_id_of(order_id, TWO[0]), "active")
    assert cancel(order)[0] == 202
    assert refused(cancel(order)) == (409, "nothing-to-cancel")
    assert given_back(stripe_standin, order_id) == TOTAL


@pytest.mark.parametrize("upto", ["AuthorizePayment", "CapturePayment", "IssueTickets"])
def test_not_before_the_purchase_has_ended(stripe_standin: StripeStandIn, upto: str) -> None:
    """Case: a cancel during the capture."""
    order = buy(accepted(), upto)
    assert refused(cancel(order)) == (409, "order-under-way")
    complete_order.complete_order(orders.get_order(order["orderId"]), SOON)
    assert status_of(order) == "completed"


def test_of_two_at_once_one_is_given_back(stripe_standin: StripeStandIn) -> None:
    """The second decides between the first's reading and its writing."""
    order = bought()
    commit, answers = Transaction.commit, []

    def second_first(transaction: Transaction) -> None:
        with mock.patch.object(Transaction, "commit", commit):
            answers.append(cancel(order))
        commit(transaction)

    with mock.patch.object(Transaction, "commit", second_first):
        answers.append(cancel(order, [TWO[0]]))
    assert [status for status, _ in answers] == [202, 409]
    assert given_back(stripe_standin, order["orderId"]) == TOTAL
    assert len(payments.refunds_of(order["orderId"])) == 1


def test_of_two_single_tickets_at_once_both_are_given_back(stripe_standin: StripeStandIn) -> None:
    order = bought()
    commit, answers = Transaction.commit, list[int]()

    def other_first(transaction: Transaction) -> None:
        with mock.patch.object(Transaction, "commit", commit):
            if not answers:
                answers.append(cancel(order, [TWO[1]])[0])
            commit(transaction)

    with mock.patch.object(Transaction, "commit", other_first):
        answers.append(cancel(order, [TWO[0]])[0])
    assert answers == [202, 202] and standing() == ["void", "void"]
    assert (status_of(order), given_back(stripe_standin, order["orderId"])) == ("refunded", TOTAL)


def test_what_was_decided_is_carried_out_after_a_crash(stripe_standin: StripeStandIn) -> None:
    order = bought()
    away = mock.Mock(side_effect=EndpointConnectionError(endpoint_url="https://states"))
    with mock.patch.object(launching, "_execute", away):
        assert cancel(order)[1]["status"] == "cancelled"
    assert (status_of(order), standing()) == ("cancelled", ["void", "void"])
    for _ in range(2):
        sweep_orders.sweep_orders(SOON + timedelta(minutes=2))
        assert status_of(order) == "refunded"
    assert given_back(stripe_standin, order["orderId"]) == TOTAL


def test_money_that_is_back_first_keeps_no_seats(stripe_standin: StripeStandIn) -> None:
    order = bought()
    away = mock.Mock(side_effect=EndpointConnectionError(endpoint_url="https://states"))
    with mock.patch.object(launching, "_execute", away):
        assert cancel(order)[0] == 202
    orders.settle_refund(order["orderId"], left_minor=0, now=SOON)
    assert status_of(order) == "refunded"
    sweep_orders.sweep_orders(SOON + timedelta(minutes=2))
    assert all(each.closed for each in orders.get_order(order["orderId"]).cancellations)


def test_never_more_than_was_taken(stripe_standin: StripeStandIn) -> None:
    """Somebody gave a part back by hand."""
    order = bought()
    refund_payment(order["orderId"], "goodwill", Money(1_000, "EUR"), SOON)
    assert quoted(order)[1]["refund"]["amount"] == TOTAL - 1_000
    assert cancel(order)[0] == 202
    assert given_back(stripe_standin, order["orderId"]) == TOTAL
    assert check_books(stripe_standin, order["orderId"]).refunded == TOTAL


def test_a_refund_in_between_is_not_given_twice(stripe_standin: StripeStandIn) -> None:
    order = bought()
    commit = Transaction.commit

    def goodwill_first(transaction: Transaction) -> None:
        with mock.patch.object(Transaction, "commit", commit):
            refund_payment(order["orderId"], "goodwill", Money(1_000, "EUR"), SOON)
        commit(transaction)

    with mock.patch.object(Transaction, "commit", goodwill_first):
        assert refused(cancel(order)) == (422, "refund-too-large")
    assert (standing(), status_of(order)) == (["active", "active"], "completed")
    assert given_back(stripe_standin, order["orderId"]) == 1_000


def test_a_provider_that_is_away_for_a_while(stripe_standin: StripeStandIn) -> None:
    order = bought()
    stripe_standin.ask("faults", {"how": "503", "path": "/v1/refunds", "count": 9})
    assert cancel(order)[0] == 202
    assert (status_of(order), given_back(stripe_standin, order["orderId"])) == ("refunded", TOTAL)


def test_money_that_went_back_early_ends_the_order_refunded(stripe_standin: StripeStandIn) -> None:
    """S6: refunded before succeeded; whichever of the news and the purchase's end comes first."""
    order = buy(accepted(), "IssueTickets")
    refund_payment(order["orderId"], "by-hand", None, SOON)
    orders.settle_refund(order["orderId"], left_minor=0, now=SOON)
    for _ in range(2):
        complete_order.complete_order(orders.get_order(order["orderId"]), SOON)
        assert status_of(order) == "refunded"
    late = bought()
    refund_payment(late["orderId"], "by-hand", None, SOON)
    orders.settle_refund(late["orderId"], left_minor=0, now=SOON)
    assert status_of(late) == "refunded"
