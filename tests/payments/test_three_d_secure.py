"""The wait for the buyer's bank: a secret for the buyer, a token for the purchase, one answer for both."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from kit import settings, telemetry
from local.stripe_standin import StripeStandIn
from payments import next_action, store, waiting
from payments.payment import (
    AlreadyAuthorized,
    AuthenticationFailed,
    AuthenticationRequired,
    CardDeclined,
    PaymentClosed,
)
from tests.payments.deliveries import deliver, post, sent
from tests.payments.purchases import (
    GIVEN_BACK,
    HELD,
    TAKEN,
    authorize,
    authorized,
    capture,
    check_books,
    confirm,
    ledger,
    money,
    payment_of,
    requested,
    void,
)

TOKEN = "a-task-token"


@pytest.fixture
def machine() -> Iterator[Stubber]:
    """Step Functions, which is told exactly what the test expects it to be told."""
    with Stubber(settings.client("stepfunctions")) as stub:
        yield stub
        stub.assert_no_pending_responses()


def challenged(card: str = "pm_card_authenticationRequired") -> str:
    """An order whose card wants its owner's word."""
    order_id = requested(card)
    with pytest.raises(AuthenticationRequired):
        authorize(order_id)
    return order_id


def test_the_buyer_is_asked_once_and_nothing_is_held_yet(stripe_standin: StripeStandIn) -> None:
    order_id = challenged()
    with pytest.raises(AuthenticationRequired):
        authorize(order_id)
    assert money(stripe_standin, order_id) == [("requires_action", 0, 0)]
    assert payment_of(order_id).state == "requires_action"
    action = next_action(order_id)
    assert action and action.client_secret.startswith(ledger(stripe_standin, order_id)[0]["payment_intent"])


def test_only_a_payment_that_waits_has_a_next_action() -> None:
    assert next_action("ord_0000000000000000") is None
    assert next_action(requested()) is None
    assert next_action(authorized()) is None


def test_once_confirmed_the_purchase_goes_on(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    waiting(order_id, TOKEN)
    confirm(stripe_standin, order_id)
    machine.add_response("send_task_success", {}, {"taskToken": TOKEN, "output": "{}"})
    event = sent(stripe_standin, order_id, "amount_capturable_updated")
    assert deliver(event) == "applied"
    assert deliver(event) == "repeated"
    assert (payment_of(order_id).state, next_action(order_id)) == ("authorized", None)
    authorize(order_id)
    capture(order_id)
    assert money(stripe_standin, order_id) == TAKEN
    check_books(stripe_standin, order_id)


def test_the_answer_may_come_before_anybody_waits(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    confirm(stripe_standin, order_id)
    deliver(sent(stripe_standin, order_id, "amount_capturable_updated"))
    with pytest.raises(AlreadyAuthorized):
        waiting(order_id, TOKEN)


@pytest.mark.parametrize(
    ("card", "passed", "error", "message"),
    [
        ("pm_card_authenticationRequired", False, AuthenticationFailed, AuthenticationFailed.title),
        (
            "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            True,
            CardDeclined,
            "insufficient_funds",
        ),
    ],
    ids=["not-confirmed", "declined-after"],
)
def test_a_failure_is_told_as_the_error_it_is(
    stripe_standin: StripeStandIn, machine: Stubber, card: str, passed: bool, error: type[Exception], message: str
) -> None:
    order_id = challenged(card)
    waiting(order_id, TOKEN)
    confirm(stripe_standin, order_id, passed=passed)
    told = {"taskToken": TOKEN, "error": error.__name__, "cause": json.dumps({"errorMessage": message})}
    machine.add_response("send_task_failure", {}, told)
    assert deliver(sent(stripe_standin, order_id, "payment_failed")) == "applied"
    with pytest.raises(error):
        waiting(order_id, TOKEN)
    with pytest.raises(error):
        authorize(order_id)
    void(order_id)
    assert (money(stripe_standin, order_id), payment_of(order_id).state) == (GIVEN_BACK, "failed")


def test_who_waited_too_long_is_given_up(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    waiting(order_id, TOKEN)
    confirm(stripe_standin, order_id)
    machine.add_client_error("send_task_success", "TaskTimedOut")
    assert deliver(sent(stripe_standin, order_id, "amount_capturable_updated")) == "applied"
    assert not payment_of(order_id).awaited


def test_a_crash_before_the_purchase_was_told_is_made_good(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    waiting(order_id, TOKEN)
    confirm(stripe_standin, order_id)
    event = sent(stripe_standin, order_id, "amount_capturable_updated")
    machine.add_client_error("send_task_success", "ThrottlingException")
    assert post(json.dumps(event))[0] == 503
    assert payment_of(order_id).state == "authorized"
    machine.add_response("send_task_success", {}, {"taskToken": TOKEN, "output": "{}"})
    deliver(event)


def test_a_void_while_the_buyer_thinks_ends_it(stripe_standin: StripeStandIn, machine: Stubber) -> None:
    order_id = challenged()
    waiting(order_id, TOKEN)
    void(order_id)
    assert (money(stripe_standin, order_id), next_action(order_id)) == (GIVEN_BACK, None)
    told = {"taskToken": TOKEN, "error": "PaymentClosed", "cause": json.dumps({"errorMessage": PaymentClosed.title})}
    machine.add_response("send_task_failure", {}, told)
    assert deliver(sent(stripe_standin, order_id, "canceled")) == "stale"


def test_a_challenge_is_put_to_cards_that_would_pass_without(stripe_standin: StripeStandIn) -> None:
    at_ease = authorized("pm_card_threeDSecureOptional")
    assert money(stripe_standin, at_ease) == HELD
    order_id = requested("pm_card_threeDSecureOptional")
    for _ in range(2):
        with pytest.raises(AuthenticationRequired):
            authorize(order_id, challenge=True)
    assert money(stripe_standin, order_id) == [("requires_action", 0, 0)]


def test_neither_secret_nor_token_is_logged(
    stripe_standin: StripeStandIn, machine: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = io.StringIO()
    monkeypatch.setattr(telemetry.log.registered_handler, "stream", logged)
    order_id = challenged()
    action = next_action(order_id)
    waiting(order_id, TOKEN)
    confirm(stripe_standin, order_id)
    machine.add_client_error("send_task_success", "ThrottlingException")
    post(json.dumps(sent(stripe_standin, order_id, "amount_capturable_updated")))
    assert "ThrottlingException" in logged.getvalue()
    assert action and action.client_secret not in logged.getvalue()
    assert TOKEN not in logged.getvalue()
    assert TOKEN not in repr(payment_of(order_id)) and action.client_secret not in repr(payment_of(order_id))
    assert TOKEN not in repr(store.entries_of(order_id))
