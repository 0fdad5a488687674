"""Our interpreter goes through a purchase's states as moto's engine does, whatever its tasks answer."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory import CardsExhausted, HoldExpired, SeatsLost
from kit.errors import Busy
from orders.assess_fraud import FraudBlocked, ReviewRequired
from payments.payment import AlreadyAuthorized, AlreadyCaptured, AuthenticationRequired, AuthorizationLost, CardDeclined
from tests.faults.clock import Clock
from tests.faults.machine import MACHINES, Failed, Machine
from tests.statemachines.machine import client_of, machine

INPUT = {
    "orderId": "ord_0000000000000001",
    "eventId": "evt_0000000000000001",
    "personId": "ada",
    "holdId": "hld_0000000000000001",
    "seatIds": ["stalls-0-4"],
    "leaseEndsAt": "2030-05-04T12:15:00Z",
}
TASKS = [
    name
    for name, state in json.loads((MACHINES / "purchase.asl.json").read_text())["States"].items()
    if state["Type"] == "Task"
]
APPROVED, DECLINED = "approved", "declined"
WAYS: dict[str, dict[str, list[Any]]] = {
    "straight": {},
    "busy twice": {"SellSeats": [Busy(), Busy()]},
    "busy for ever": {"SellSeats": [Busy()] * 9},
    "hold expired": {"AssessFraud": [HoldExpired()]},
    "blocked": {"AssessFraud": [FraudBlocked()]},
    "declined": {"AuthorizePayment": [CardDeclined("insufficient_funds")]},
    "declined for the last time": {"AuthorizePayment": [CardDeclined()], "KeepHold": [CardsExhausted()]},
    "reviewed, approved": {"AssessFraud": [ReviewRequired()], "AwaitReview": [APPROVED]},
    "reviewed, declined": {"AssessFraud": [ReviewRequired()], "AwaitReview": [Busy(), DECLINED]},
    "bank asks": {"AuthorizePayment": [AuthenticationRequired()], "AwaitAuthentication": [APPROVED]},
    "bank has answered": {
        "AuthorizePayment": [AuthenticationRequired()],
        "AwaitAuthentication": [AlreadyAuthorized()],
    },
    "seats lost": {"SellSeats": [SeatsLost()]},
    "capture refused": {"CapturePayment": [AuthorizationLost()]},
    "capture unknown for ever": {"CapturePayment": [Busy()] * 9},
    "void finds it captured": {"SellSeats": [SeatsLost()], "VoidPayment": [AlreadyCaptured()]},
    "no tickets for a while": {"IssueTickets": [Busy()] * 6},
    "no tickets": {"IssueTickets": [Busy()] * 7},
    "not even failing works": {"SellSeats": [SeatsLost()], "FailOrder": [Busy()] * 7},
}
Send = Callable[[str, str], None]


class Script:
    """Answers each task with what is planned for it, then with success; notes what each was told."""

    def __init__(self, plan: dict[str, list[Any]], send: Send) -> None:
        self._plan, self._send = copy.deepcopy(plan), send
        self.told: list[Any] = []

    def __call__(self, state: str, document: dict[str, Any]) -> Any:
        told = {name: value for name, value in document.items() if name != "taskToken"}
        if "error" in told:
            told["error"] = (told["error"]["Error"], json.loads(told["error"]["Cause"] or "{}").get("errorMessage"))
        self.told.append((state, told))
        answer = self._plan[state].pop(0) if self._plan.get(state) else None
        if isinstance(answer, Exception):
            raise answer
        if answer in (APPROVED, DECLINED):
            self._send(document["taskToken"], answer)
        return False


def on_moto(plan: dict[str, list[Any]]) -> tuple[list[str], str, list[Any]]:
    def send(token: str, answer: str) -> None:
        client = client_of("stepfunctions")
        if answer == APPROVED:
            client.send_task_success(taskToken=token, output="false")
        else:
            client.send_task_failure(taskToken=token, error="ReviewDeclined", cause="{}")

    script = Script(plan, send)
    verbs = {name: (lambda document, name=name: script(name, document)) for name in TASKS}
    with machine("purchase", verbs) as begin:
        run = begin(INPUT)
    return run.states, run.status, script.told


def on_ours(plan: dict[str, list[Any]]) -> tuple[list[str], str, list[Any]]:
    clock = Clock(datetime(2030, 5, 4, 12, tzinfo=UTC))

    def send(token: str, answer: str) -> None:
        assert ours.answer(token, False, None if answer == APPROVED else Failed("ReviewDeclined", "{}"))

    script = Script(plan, send)

    def invoke(state: str, document: dict[str, Any]) -> Any:
        try:
            return script(state, document)
        except Exception as error:
            cause = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
            raise Failed(type(error).__name__, cause) from error

    ours = Machine("purchase", clock, random.Random(1), invoke)
    ours.start("one", copy.deepcopy(INPUT))
    clock.run(3600)
    execution = ours.executions["one"]
    return execution.states, execution.status, script.told


@pytest.mark.parametrize("way", WAYS)
def test_the_same_way_as_moto(way: str) -> None:
    assert on_ours(WAYS[way]) == on_moto(WAYS[way])


def test_a_wait_ends_in_time_and_a_late_answer_finds_nobody() -> None:
    tokens: list[str] = []
    clock = Clock(datetime(2030, 5, 4, 12, tzinfo=UTC))

    def invoke(state: str, document: dict[str, Any]) -> Any:
        if state == "AssessFraud":
            raise Failed("ReviewRequired")
        tokens.extend([document["taskToken"]] if state == "AwaitReview" else [])
        return None

    ours = Machine("purchase", clock, random.Random(1), invoke)
    ours.start("one", copy.deepcopy(INPUT))
    assert not ours.start("one", copy.deepcopy(INPUT))
    clock.run(599)
    assert ours.executions["one"].state == "AwaitReview"
    clock.run(2)
    assert not ours.answer(tokens[0], False)
    assert ours.executions["one"].status == "SUCCEEDED"
    assert ours.executions["one"].document["error"]["Error"] == "States.Timeout"


def test_what_failed_goes_on_where_it_stopped() -> None:
    clock = Clock(datetime(2030, 5, 4, 12, tzinfo=UTC))
    away = [True]

    def invoke(state: str, document: dict[str, Any]) -> Any:
        if state == "CapturePayment" and away[0]:
            raise Failed("OutcomeUnknown")

    ours = Machine("purchase", clock, random.Random(1), invoke)
    ours.start("one", copy.deepcopy(INPUT))
    clock.run(300)
    assert ours.executions["one"].status == "FAILED"
    away[0] = False
    assert ours.redrive("one")
    clock.run(300)
    assert ours.executions["one"].states[-3:] == ["CapturePayment", "IssueTickets", "CompleteOrder"]
    assert not ours.redrive("one")
