"""The purchase's ways through its states, whatever a state answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from inventory import CardsExhausted, HoldExpired, SeatsLost
from kit.errors import Busy
from orders.assess_fraud import FraudBlocked, ReviewRequired
from payments.payment import (
    AlreadyAuthorized,
    AlreadyCaptured,
    AmountMismatch,
    AuthenticationFailed,
    AuthenticationRequired,
    AuthorizationLost,
    CardDeclined,
    OutcomeUnknown,
    PaymentClosed,
)
from payments.refunds import RefundRefused
from tests.statemachines.machine import Run, client_of, machine

INPUT = {
    "orderId": "ord_0000000000000001",
    "eventId": "evt_0000000000000001",
    "personId": "ada",
    "holdId": "hld_0000000000000001",
    "seatIds": ["stalls-3-4", "stalls-3-5"],
    "leaseEndsAt": "2030-06-01T12:15:00Z",
}
SALE = ["AssessFraud", "AuthorizePayment", "SellSeats", "CapturePayment", "IssueTickets", "CompleteOrder"]
UNDONE = ["VoidPayment", "MayTryAnotherCard", "ReleaseSeats", "FailOrder"]
REFUNDED = ["VoidPayment", "RefundPayment", "ReleaseSeats", "FailOrder"]
KEPT = ["VoidPayment", "MayTryAnotherCard", "KeepHold", "FailOrder"]
VERBS = {*SALE, *UNDONE, *REFUNDED, *KEPT, "AwaitReview", "AwaitAuthentication"} - {"MayTryAnotherCard"}


class Verbs:
    """All verbs of the purchase. Each succeeds, unless told to raise; and remembers what it was given."""

    def __init__(self, failing: Mapping[str, list[Exception]]) -> None:
        self._failing = {state: list(errors) for state, errors in failing.items()}
        self.given: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, state: str) -> Callable[[dict[str, Any]], Any]:
        def verb(document: dict[str, Any]) -> dict[str, Any]:
            self.given.append((state, document))
            if errors := self._failing.get(state):
                raise errors.pop(0) if len(errors) > 1 else errors[0]
            if token := document.get("taskToken"):
                client_of("stepfunctions").send_task_success(taskToken=token, output="false")
            return {}

        return verb

    def tries(self, state: str) -> int:
        return sum(called == state for called, _ in self.given)


def run(**failing: list[Exception]) -> tuple[Run, Verbs]:
    """Each error is raised once, in order, and the last one for ever."""
    verbs = Verbs(failing)
    with machine("purchase", {state: verbs(state) for state in VERBS}) as start:
        return start(INPUT), verbs


def test_a_purchase_goes_straight_on() -> None:
    ran, verbs = run()
    assert (ran.states, ran.status) == (SALE, "SUCCEEDED")
    assert verbs.given[2] == ("SellSeats", {"step": "SellSeats", **INPUT})


@pytest.mark.parametrize("error", [CardDeclined("insufficient_funds"), AuthenticationFailed()])
def test_a_refused_card_is_asked_once_and_leaves_the_hold(error: Exception) -> None:
    ran, verbs = run(AuthorizePayment=[error])
    assert (ran.states, ran.status) == ([*SALE[:2], *KEPT], "SUCCEEDED")
    assert verbs.tries("AuthorizePayment") == 1
    _, failure = verbs.given[-1]
    assert failure["error"]["Error"] == type(error).__name__
    assert str(error) in failure["error"]["Cause"]


def test_the_last_refused_card_frees_the_seats_and_is_why_the_order_failed() -> None:
    ran, verbs = run(AuthorizePayment=[CardDeclined("expired_card")], KeepHold=[CardsExhausted()])
    assert ran.states == [*SALE[:2], *KEPT[:3], *UNDONE[2:]]
    assert verbs.given[-1][1]["error"]["Error"] == "CardDeclined"


@pytest.mark.parametrize("answer", [None, AlreadyAuthorized()])
def test_a_bank_that_wants_the_buyers_word_is_waited_for(answer: Exception | None) -> None:
    failing = {"AwaitAuthentication": [answer]} if answer else {}
    ran, verbs = run(AuthorizePayment=[AuthenticationRequired()], **failing)
    assert (ran.states, ran.status) == ([*SALE[:2], "AwaitAuthentication", *SALE[2:]], "SUCCEEDED")
    assert (verbs.tries("AuthorizePayment"), verbs.tries("AwaitAuthentication")) == (1, 1)


@pytest.mark.parametrize(("answer", "way"), [(AuthenticationFailed(), KEPT), (PaymentClosed(), UNDONE)])
def test_a_buyer_who_does_not_confirm_pays_nothing(answer: Exception, way: list[str]) -> None:
    ran, _ = run(AuthorizePayment=[AuthenticationRequired()], AwaitAuthentication=[answer])
    assert (ran.states, ran.status) == ([*SALE[:2], "AwaitAuthentication", *way], "SUCCEEDED")


@pytest.mark.parametrize("error", [ReviewRequired(), Busy()])
def test_who_is_not_approved_waits_for_a_person(error: Exception) -> None:
    """Also when there was no decision in time: never a silent approval."""
    ran, verbs = run(AssessFraud=[error])
    assert (ran.states, ran.status) == (["AssessFraud", "AwaitReview", *SALE[1:]], "SUCCEEDED")
    assert verbs.tries("AssessFraud") == (1 if isinstance(error, ReviewRequired) else 4)


@pytest.mark.parametrize("error", [HoldExpired(), FraudBlocked()])
def test_who_is_refused_moves_no_money(error: Exception) -> None:
    ran, verbs = run(AssessFraud=[error])
    assert (ran.states, verbs.tries("AssessFraud")) == (["AssessFraud", *UNDONE], 1)


def test_a_payment_for_another_amount_is_undone() -> None:
    ran, verbs = run(AuthorizePayment=[AmountMismatch()])
    assert (ran.states, verbs.tries("AuthorizePayment")) == ([*SALE[:2], *UNDONE], 1)


def test_an_unknown_outcome_is_asked_again_before_it_is_undone() -> None:
    ran, verbs = run(AuthorizePayment=[OutcomeUnknown()])
    assert (ran.states, verbs.tries("AuthorizePayment")) == ([*SALE[:2], *UNDONE], 3)


@pytest.mark.parametrize("error", [HoldExpired(), SeatsLost()])
def test_a_lost_hold_gives_the_money_back(error: Exception) -> None:
    ran, verbs = run(SellSeats=[error])
    assert (ran.states, verbs.tries("SellSeats")) == ([*SALE[:3], *UNDONE], 1)


@pytest.mark.parametrize("error", [AuthorizationLost(), AmountMismatch()])
def test_a_refused_capture_puts_the_sold_seats_back(error: Exception) -> None:
    ran, _ = run(CapturePayment=[error])
    assert (ran.states, ran.status) == ([*SALE[:4], *UNDONE], "SUCCEEDED")


def test_while_nobody_knows_whether_money_was_taken_nothing_is_undone() -> None:
    """The execution stops for a person, or a redrive, with the seats still sold to the order."""
    ran, verbs = run(CapturePayment=[OutcomeUnknown()])
    assert (ran.states, ran.status, verbs.tries("CapturePayment")) == (SALE[:4], "FAILED", 4)


@pytest.mark.parametrize("state", sorted(VERBS - {"KeepHold", "AwaitReview", "AwaitAuthentication"}))
@pytest.mark.parametrize("error", [Busy(), KeyError("surprise")])
def test_any_state_survives_two_bad_moments(state: str, error: Exception) -> None:
    verbs = Verbs({"SellSeats": [HoldExpired()]} if state in UNDONE else {})
    calm = verbs(state)
    moments = iter([error, error])

    def shaky(document: dict[str, Any]) -> Any:
        for moment in moments:
            raise moment
        return calm(document)

    every = {name: verbs(name) for name in VERBS}
    with machine("purchase", every | {state: shaky}) as start:
        ran = start(INPUT)
    assert ran.status == "SUCCEEDED"
    assert ran.states == ([*SALE[:3], *UNDONE] if state in UNDONE else SALE)


@pytest.mark.parametrize("state", ["IssueTickets", "CompleteOrder"])
def test_once_the_money_is_taken_there_is_no_way_back(state: str) -> None:
    failing: dict[str, list[Exception]] = {state: [RuntimeError("down")]}
    ran, verbs = run(**failing)
    assert (ran.states[-1], ran.status, verbs.tries(state)) == (state, "FAILED", 7)


def test_a_void_that_finds_the_money_taken_gives_it_back() -> None:
    ran, verbs = run(SellSeats=[HoldExpired()], VoidPayment=[AlreadyCaptured()])
    assert (ran.states, ran.status) == ([*SALE[:3], *REFUNDED], "SUCCEEDED")
    assert verbs.tries("VoidPayment") == 1


def test_a_refund_that_is_refused_for_good_stops_for_a_person_and_keeps_the_seats() -> None:
    ran, verbs = run(SellSeats=[HoldExpired()], VoidPayment=[AlreadyCaptured()], RefundPayment=[RefundRefused()])
    assert (ran.states[-1], ran.status, verbs.tries("RefundPayment")) == ("RefundPayment", "FAILED", 1)
