"""The stand-in, driven through the real SDK: cards, manual capture, refunds, transfers, disputes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import stripe

from local.stripe_standin import StripeStandIn
from local.stripe_standin.cards import MESSAGES


def sdk(stand_in: StripeStandIn, key: str = "sk_test_local") -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": stand_in.url}, max_network_retries=0)


@pytest.fixture
def api(stripe_standin: StripeStandIn) -> Any:
    return sdk(stripe_standin).v1


def from_card(stand_in: StripeStandIn, number: str, **more: Any) -> str:
    """A payment method made as the browser does: a number, a publishable key."""
    card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123", **more}
    browser: Any = sdk(stand_in, "pk_test_local").v1
    return str(browser.payment_methods.create({"type": "card", "card": card}).id)


def authorize(api: Any, method: str = "pm_card_visa", amount: int = 5000, **more: Any) -> Any:
    return api.payment_intents.create(
        {
            "amount": amount,
            "currency": "eur",
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "capture_method": "manual",
            "confirm": True,
            **more,
        }
    )


def test_authorise_then_capture(api: Any) -> None:
    held = authorize(api, metadata={"order_id": "ord_1"})
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 5000, 0)
    taken = api.payment_intents.capture(held.id)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 5000)
    charge = api.charges.retrieve(taken.latest_charge, {"expand": ["balance_transaction"]})
    assert charge.captured
    assert charge.balance_transaction.net == 5000 - charge.balance_transaction.fee


def test_capture_of_a_part_releases_the_rest_and_more_is_refused(api: Any) -> None:
    held = authorize(api)
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and"):
        api.payment_intents.capture(held.id, {"amount_to_capture": 5001})
    assert api.payment_intents.capture(held.id, {"amount_to_capture": 3000}).amount_received == 3000
    with pytest.raises(stripe.InvalidRequestError) as second:
        api.payment_intents.capture(held.id)
    assert second.value.code == "payment_intent_unexpected_state"


def test_cancel_releases_the_hold_and_cannot_follow_a_capture(api: Any, stripe_standin: StripeStandIn) -> None:
    held = authorize(api)
    assert api.payment_intents.cancel(held.id).status == "canceled"
    captured = authorize(api)
    api.payment_intents.capture(captured.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.payment_intents.cancel(captured.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    first, second = stripe_standin.ask("state")["ledger"]
    assert (first["held"], first["captured"], first["refunded"]) == (0, 0, 0)
    assert (second["held"], second["captured"], second["refunded"]) == (0, 5000, 0)


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
    ],
)
def test_declining_cards_decline(
    api: Any, stripe_standin: StripeStandIn, number: str, code: str, decline_code: str
) -> None:
    with pytest.raises(stripe.CardError) as declined:
        authorize(api, from_card(stripe_standin, number))
    error: Any = declined.value.error
    assert (declined.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    intent = api.payment_intents.retrieve(error.payment_intent.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error.decline_code == decline_code
    assert intent.last_payment_error.message in MESSAGES.values()


@pytest.mark.parametrize("number", ["4000002760003184", "4000002500003155"])
@pytest.mark.parametrize("passed", [True, False])
def test_three_d_secure(api: Any, stripe_standin: StripeStandIn, number: str, passed: bool) -> None:
    waiting = authorize(api, from_card(stripe_standin, number))
    assert (waiting.status, waiting.next_action.type) == ("requires_action", "use_stripe_sdk")
    answer = {"client_secret": waiting.client_secret, "passed": passed}
    stripe_standin.ask(f"intents/{waiting.id}/authentication", answer)
    after = api.payment_intents.retrieve(waiting.id)
    if passed:
        assert (after.status, after.amount_capturable) == ("requires_capture", 5000)
    else:
        assert after.status == "requires_payment_method"
        assert after.last_payment_error.code == "payment_intent_authentication_failure"


def test_card_that_fails_after_three_d_secure(api: Any, stripe_standin: StripeStandIn) -> None:
    waiting = authorize(api, from_card(stripe_standin, "4000008260003178"))
    answer = {"client_secret": waiting.client_secret, "passed": True}
    stripe_standin.ask(f"intents/{waiting.id}/authentication", answer)
    after = api.payment_intents.retrieve(waiting.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error.decline_code == "insufficient_funds"


def test_return_url_makes_three_d_secure_a_redirect(api: Any, stripe_standin: StripeStandIn) -> None:
    waiting = authorize(api, "pm_card_authenticationRequired", return_url="https://shop.example/back")
    assert waiting.next_action.redirect_to_url.return_url == "https://shop.example/back"
    assert waiting.next_action.redirect_to_url.url.startswith(stripe_standin.url)


def test_confirming_with_dashboard_methods_needs_a_return_url(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        api.payment_intents.create(
            {"amount": 5000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
        )


def test_create_now_and_confirm_later(api: Any) -> None:
    waiting = api.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "payment_method": "pm_card_visa",
        }
    )
    assert waiting.status == "requires_confirmation"
    assert api.payment_intents.confirm(waiting.id).status == "succeeded"


def test_refunds_never_exceed_what_was_captured(api: Any) -> None:
    held = authorize(api)
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        api.refunds.create({"payment_intent": held.id})
    api.payment_intents.capture(held.id, {"amount_to_capture": 4000})
    assert api.refunds.create({"payment_intent": held.id, "amount": 1500}).amount == 1500
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        api.refunds.create({"payment_intent": held.id, "amount": 2501})
    assert api.refunds.create({"payment_intent": held.id}).amount == 2500
    with pytest.raises(stripe.InvalidRequestError) as again:
        api.refunds.create({"payment_intent": held.id})
    assert again.value.code == "charge_already_refunded"
    assert [one.amount for one in api.refunds.list({"payment_intent": held.id}).data] == [2500, 1500]


def test_a_method_without_customer_pays_once(api: Any, stripe_standin: StripeStandIn) -> None:
    method = from_card(stripe_standin, "4242424242424242")
    authorize(api, method)
    with pytest.raises(stripe.InvalidRequestError, match="previously used"):
        authorize(api, method)


def test_disputed_card(api: Any, stripe_standin: StripeStandIn) -> None:
    held = authorize(api, from_card(stripe_standin, "4000000000000259"))
    assert api.disputes.list({"payment_intent": held.id}).data == []
    api.payment_intents.capture(held.id)
    [dispute] = api.disputes.list({"payment_intent": held.id}).data
    assert (dispute.reason, dispute.status, dispute.amount) == ("fraudulent", "needs_response", 5000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"payment_intent": held.id})
    assert refused.value.code == "charge_disputed"
    won = api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert won.status == "won"


def test_transfers_stay_within_their_charge(api: Any) -> None:
    account = api.accounts.create({"type": "express", "country": "DE"})
    held = authorize(api, transfer_group="ord_1")
    charge = api.payment_intents.capture(held.id).latest_charge
    pay: dict[str, Any] = {"currency": "eur", "destination": account.id, "source_transaction": charge}
    assert api.transfers.create({**pay, "amount": 4000}).destination == account.id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.transfers.create({**pay, "amount": 1001})
    assert refused.value.code == "balance_insufficient"
    assert [one.id for one in api.charges.list({"transfer_group": "ord_1"}).data] == [charge]


def test_search_by_metadata_lags_and_lists_do_not(api: Any, stripe_standin: StripeStandIn) -> None:
    held = authorize(api, metadata={"order_id": "ord_7"})
    query = {"query": "metadata['order_id']:'ord_7'"}
    assert [one.id for one in api.payment_intents.search(query).data] == [held.id]
    stripe_standin.ask("search", {"lag_seconds": 60})
    assert api.payment_intents.search(query).data == []
    assert [one.id for one in api.payment_intents.list().data] == [held.id]


def test_lists_page(api: Any) -> None:
    made = [authorize(api).id for _ in range(5)]
    listed = [one.id for one in api.payment_intents.list({"limit": 2}).auto_paging_iter()]
    assert listed == made[::-1]


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": 10}, "amount_too_small", "amount"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_method": "pm_nobody"}, "resource_missing", "payment_method"),
        ({"currency": "euro"}, None, "currency"),
    ],
)
def test_wrong_parameters_are_named(api: Any, wrong: dict[str, Any], code: str | None, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        authorize(api, **wrong)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_keys_open_only_their_own_doors(stripe_standin: StripeStandIn) -> None:
    with pytest.raises(stripe.AuthenticationError):
        authorize(sdk(stripe_standin, "sk_live_never").v1)
    with pytest.raises(stripe.AuthenticationError):
        authorize(sdk(stripe_standin, "pk_test_local").v1)
    with pytest.raises(stripe.CardError, match="generally unsafe"):
        secret = sdk(stripe_standin).v1.payment_methods
        secret.create({"type": "card", "card": {"number": "4242424242424242"}})


def test_a_mistyped_number_makes_no_method(stripe_standin: StripeStandIn) -> None:
    with pytest.raises(stripe.CardError) as refused:
        from_card(stripe_standin, "4242424242424241")
    assert refused.value.code == "incorrect_number"


def test_no_card_number_is_shown_to_an_auditor(api: Any, stripe_standin: StripeStandIn) -> None:
    authorize(api, from_card(stripe_standin, "4242424242424242"))
    assert not re.search(r"\d{13,19}", str(stripe_standin.ask("state")["charges"]))
