"""The waits of a purchase on the running product: the buyer's bank, a person, and nobody at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.demo.accounts import sign_in
from local.demo.site import client_id
from local.run import RunningBoxoffice
from tests.journeys.doors import Answer, knock
from tests.journeys.evenings import copy_of
from tests.journeys.fan import Fan, awaited

GOOD, ASKS_THE_BANK, ASKS_IF_TOLD = (
    "pm_card_visa",
    "pm_card_authenticationRequired",
    "pm_card_threeDSecureOptional",
)
SUSPECT, VERY_SUSPECT = 10, 20
"""Orders within the hour from which fraud's rules want a challenge, or a review."""


@pytest.fixture(scope="module")
def evening(site: RunningBoxoffice) -> str:
    return copy_of(site, "The Debt of Hours", "Waiting for an answer")


@pytest.fixture
def fan(site: RunningBoxoffice, evening: str) -> Fan:
    return Fan(site, evening)


@pytest.fixture(scope="module")
def operator(site: RunningBoxoffice) -> Callable[..., Answer]:
    """Calls the API as one."""
    token = sign_in(site.cloud.client("cognito-idp"), client_id(site.site_url), "operator@boxoffice.example")

    def ask(method: str, path: str, body: Any = None) -> Answer:
        return knock(site.site_url, method, f"/api/operator{path}", body, token)

    return ask


def test_the_bank_asks_and_the_buyer_answers(fan: Fan) -> None:
    order_id = fan.buy(ASKS_THE_BANK)
    order = fan.order(order_id, until="requires_action")
    assert "nextAction" not in fan.ask("GET", "/orders").json["orders"][0]
    fan.answer_to_the_bank(order, passed=True)
    ended = fan.order(order_id, until="completed")
    assert "nextAction" not in ended
    assert len(fan.ask("GET", "/tickets").json["tickets"]) == 2


def test_a_refused_answer_declines_the_card_and_keeps_the_hold(fan: Fan) -> None:
    order_id = fan.buy(ASKS_THE_BANK)
    fan.answer_to_the_bank(fan.order(order_id, until="requires_action"), passed=False)
    ended = fan.order(order_id, until="failed")
    assert ended["reason"] in ("payment-declined", "authentication-required")
    assert fan.ask("GET", f"/seats/hold/{fan.hold['holdId']}").status == 200
    fan.order(fan.buy(GOOD), until="completed")


def test_a_challenge_forces_the_bank_to_ask(fan: Fan) -> None:
    fan.has_ordered(SUSPECT)
    order_id = fan.buy(ASKS_IF_TOLD)
    fan.answer_to_the_bank(fan.order(order_id, until="requires_action"), passed=True)
    fan.order(order_id, until="completed")


@pytest.mark.parametrize(
    ("decision", "ends", "reason"), [("approve", "completed", None), ("decline", "failed", "not-accepted")]
)
def test_a_person_decides_once(
    fan: Fan, operator: Callable[..., Answer], decision: str, ends: str, reason: str | None
) -> None:
    fan.has_ordered(VERY_SUSPECT)
    order_id = fan.buy(GOOD)
    fan.order(order_id, until="in_review")

    def waiting() -> Any:
        reviews = operator("GET", "/reviews").json["reviews"]
        return [review for review in reviews if review["order"]["orderId"] == order_id]

    [review] = awaited(waiting, bool)
    assert "very-many-orders" in review["rules"]
    assert fan.ask("GET", "/operator/reviews").said == (403, "forbidden")
    assert operator("POST", f"/reviews/{order_id}", {"decision": decision}).status == 200
    for again in ("approve", "decline"):
        assert operator("POST", f"/reviews/{order_id}", {"decision": again}).said == (409, "review-closed")
    assert fan.order(order_id, until=ends).get("reason") == reason
    assert waiting() == []


@contextmanager
def little_patience(site: RunningBoxoffice, seconds: int) -> Iterator[None]:
    """The purchase's own machine, but for how long it waits for a review."""
    machines = site.cloud.client("stepfunctions")
    [arn] = [
        each["stateMachineArn"]
        for each in machines.list_state_machines()["stateMachines"]
        if each["name"] == "boxoffice-purchase"
    ]
    definition = machines.describe_state_machine(stateMachineArn=arn)["definition"]
    hasty = json.loads(definition)
    hasty["States"]["AwaitReview"]["TimeoutSeconds"] = seconds
    machines.update_state_machine(stateMachineArn=arn, definition=json.dumps(hasty))
    yield
    machines.update_state_machine(stateMachineArn=arn, definition=definition)


def test_an_answer_that_comes_too_late_changes_nothing(
    site: RunningBoxoffice, fan: Fan, operator: Callable[..., Answer]
) -> None:
    fan.has_ordered(VERY_SUSPECT)
    with little_patience(site, seconds=2):
        order_id = fan.buy(GOOD)
        assert fan.order(order_id, until="failed")["reason"] == "not-accepted"
    assert operator("POST", f"/reviews/{order_id}", {"decision": "approve"}).said == (409, "review-closed")
    assert fan.ask("GET", f"/orders/{order_id}").json["status"] == "failed"
    assert fan.ask("GET", "/tickets").json["tickets"] == []


def test_the_buyer_is_told_on_every_channel(site: RunningBoxoffice, fan: Fan) -> None:
    phone = f"+4670{time.time_ns() % 10**7:07}"
    browser = fan.registers_a_browser()
    wanted = {"orders": ["sms", "push"], "action": ["push"], "phone": phone}
    assert fan.ask("PUT", "/accounts/preferences", wanted).status == 200
    order_id = fan.buy(GOOD)
    fan.order(order_id, until="completed")
    for recipient, kind in ((phone, "sms"), (browser, "push")):
        [(came_as, text)] = awaited(lambda to=recipient: fan.received(to), bool)  # type: ignore[misc]
        assert came_as == kind
        assert f"/orders/{order_id}" in text
