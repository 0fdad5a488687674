"""Everything said to Stripe, and the only module that knows its SDK.

Each call has 30 s: 3 tries of at most 9 s and the SDK's pauses between them. A call that ends without a
final answer raises OutcomeUnknown, and the caller asks again under the same key or looks for the truth.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import stripe

from kit import settings
from kit.money import Money
from kit.telemetry import count, log
from payments.payment import AnswerLost, CardDeclined, Fee, Intent, IntentUnknown, OutcomeUnknown, Payment
from payments.refunds import Refund, RefundRefused, Returned

CONNECT_SECONDS, READ_SECONDS, RETRIES = 2.0, 7.0, 2
CANCELLED = "canceled"  # Stripe's spelling
WITH_FEE = ["latest_charge.balance_transaction"]
"""What to expand, so that an intent that was captured brings Stripe's fee."""


def authorize(payment: Payment, *, challenge: bool = False) -> Intent:
    """Ask for the order's amount without taking it. A repeat answers with the intent as it is now.

    With a `challenge` the bank is asked to make sure of the buyer wherever the card allows it. A declined
    card is an intent with a `decline_code`. Raises CardDeclined where there is not even an intent, since the
    payment method cannot be used; OutcomeUnknown, AnswerLost.
    """
    params: Any = {
        "amount": payment.amount.amount,
        "currency": payment.amount.currency.lower(),
        "payment_method": payment.payment_method_id,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "allowed_payment_method_types": ["card"],
        "capture_method": "manual",
        "confirm": True,
        "metadata": {"order_id": payment.order_id},
        "transfer_group": payment.order_id,
    }
    if challenge:
        params["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
    try:
        with answers():
            made = _intents().create(params, {"idempotency_key": f"purchase:{payment.order_id}:authorize"})
    except stripe.CardError as declined:
        details: Any = declined.error
        return _read(details.payment_intent)
    except stripe.InvalidRequestError as refused:
        raise CardDeclined(refused.code or "invalid_request") from refused
    if made.last_response.headers.get("idempotent-replayed"):
        return retrieve(made.id)  # the stored answer is as old as the first try
    return _read(made)


def capture(payment: Payment, intent_id: str, *, again: bool = False) -> Intent:
    """Take exactly the order's amount. Where Stripe refuses, the answer is the intent as it is.

    Raises OutcomeUnknown, AnswerLost.
    """
    key = f"purchase:{payment.order_id}:capture" + (":again" if again else "")
    try:
        with answers():
            params: Any = {"amount_to_capture": payment.amount.amount, "expand": WITH_FEE}
            return _read(_intents().capture(intent_id, params, {"idempotency_key": key}))
    except (stripe.InvalidRequestError, stripe.CardError):
        return retrieve(intent_id)


def cancel(intent_id: str) -> Intent:
    """Give an authorisation back; the answer is `succeeded` when the money was taken before.

    Needs no key: an intent is cancelled once, and what refuses a second cancel is asked for its state. Raises
    IntentUnknown; OutcomeUnknown.
    """
    try:
        with answers():
            return _read(_intents().cancel(intent_id))
    except stripe.InvalidRequestError:
        return retrieve(intent_id)


def retrieve(intent_id: str) -> Intent:
    """The intent as it is. Raises IntentUnknown; OutcomeUnknown."""
    try:
        with answers():
            return _read(_intents().retrieve(intent_id, {"expand": WITH_FEE}))
    except stripe.InvalidRequestError as refused:
        if refused.code != "resource_missing":
            raise
        count("IntentsUnknown")
        raise IntentUnknown(intent_id) from refused


def refund(payment: Payment, refund: Refund, *, again: bool = False) -> Returned:
    """Give so much back. Raises RefundRefused; OutcomeUnknown, AnswerLost."""
    key = f"purchase:{payment.order_id}:refund:{refund.refund_id}" + (":again" if again else "")
    params: Any = {
        "payment_intent": payment.intent_id,
        "amount": refund.amount.amount,
        "metadata": {"order_id": payment.order_id, "refund_id": refund.refund_id},
    }
    try:
        with answers():
            return _returned(client().v1.refunds.create(params, {"idempotency_key": key}))
    except stripe.InvalidRequestError as refused:
        raise RefundRefused(refused.code or "invalid_request") from refused


def find_refund(payment: Payment, refund: Refund) -> Returned | None:
    """The refund as Stripe has it, if it does. The list of an intent's refunds is never behind; of an intent that
    Stripe does not know there are none."""
    try:
        with answers():
            page: Any = client().v1.refunds.list({"payment_intent": str(payment.intent_id), "limit": 100})
    except stripe.InvalidRequestError:
        return None
    known = [_returned(one) for one in page.data]
    return next((one for one in known if one.name == refund.refund_id), None)


def checks(intent_id: str) -> dict[str, str | None]:
    """What the card's issuer checked when the money was set aside: evidence, should the payment be disputed."""
    with answers():
        intent: Any = _intents().retrieve(intent_id, {"expand": ["latest_charge"]})
    card = intent.latest_charge.to_dict()["payment_method_details"].get("card") or {}
    secure, seen = card.get("three_d_secure") or {}, card.get("checks") or {}
    return {
        "threeDSecure": secure.get("result"),
        "cvcCheck": seen.get("cvc_check"),
        "postalCodeCheck": seen.get("address_postal_code_check"),
    }


def find(order_id: str) -> list[Intent]:
    """The intents of an order whose id was never recorded.

    The list of charges by transfer group is never behind and names every intent that holds money; the search
    index may be a minute behind, and adds those that hold none.
    """
    with answers():
        charges: Any = client().v1.charges.list({"transfer_group": order_id, "limit": 100})
        search: Any = _intents().search({"query": f"metadata['order_id']:'{order_id}'", "limit": 100})
    found = {charge.payment_intent for charge in charges.data} | {intent.id for intent in search.data}
    return [retrieve(intent_id) for intent_id in sorted(found)]


def _read(intent: Any) -> Intent:
    failure = intent.last_payment_error
    order_id = (intent.metadata.to_dict() if intent.metadata else {}).get("order_id")
    return Intent(
        intent_id=intent.id,
        status=intent.status,
        amount=Money(intent.amount, intent.currency.upper()),
        received=intent.amount_received,
        order_id=order_id,
        decline_code=(getattr(failure, "decline_code", None) or failure.code) if failure else None,
        client_secret=intent.client_secret,
        fee=fee_of(intent.latest_charge),
        is_ours=order_id is not None and intent.transfer_group == order_id,
    )


def fee_of(charge: Any) -> Fee | None:
    """There where it was asked for (`WITH_FEE`) and the charge was captured."""
    entry: Any = getattr(charge, "balance_transaction", None)
    return Fee(entry.id, Money(entry.fee, entry.currency.upper())) if hasattr(entry, "fee") else None


def _returned(refund: Any) -> Returned:
    return Returned(
        stripe_id=refund.id,
        intent_id=refund.payment_intent,
        amount=Money(refund.amount, refund.currency.upper()),
        status=refund.status,
        refund_id=(refund.metadata.to_dict() if refund.metadata else {}).get("refund_id"),
        failure=getattr(refund, "failure_reason", None),
    )


@contextmanager
def answers() -> Iterator[None]:
    """Whatever is not an answer becomes OutcomeUnknown: no connection, 5xx, throttling, a key in use."""
    try:
        yield
    except stripe.IdempotencyError as other:
        raise AnswerLost("the key was used with other parameters") from other  # by an earlier version of us
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as unsettled:
        log.warning(
            "stripe gave no final answer",
            extra={"http_status": unsettled.http_status, "stripe_request": unsettled.request_id},
        )
        stored = (unsettled.headers or {}).get("idempotent-replayed")
        raise (AnswerLost if stored else OutcomeUnknown)(f"status {unsettled.http_status}") from unsettled


def _intents() -> Any:
    return client().v1.payment_intents


def client() -> stripe.StripeClient:
    return _client_of(settings.secret_json("SECRET_STRIPE")["secretKey"], os.environ.get("STRIPE_API_BASE"))


@lru_cache(maxsize=1)
def _client_of(secret_key: str, api_base: str | None) -> stripe.StripeClient:
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
    )
