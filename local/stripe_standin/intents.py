"""PaymentIntents: their states, what moves them, and the 3-D Secure step in between."""

from __future__ import annotations

import secrets

from . import charges, forms, methods, shapes
from .book import Book, list_page
from .cards import MESSAGES, Card
from .errors import Json, Refusal, declined, invalid

_SMALLEST = {"jpy": 50, "usd": 50, "eur": 50, "gbp": 30, "chf": 50, "sek": 300, "nok": 300, "dkk": 250}
_CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
_CANCEL_REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
_NOTED = (
    *("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor"),
    *("statement_descriptor_suffix", "transfer_data", "transfer_group"),
)
NEEDS_RETURN_URL = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
    "these payment methods might redirect your customer off of your page, you must provide a `return_url`, "
    "or set `automatic_payment_methods[allow_redirects]` to `never`."
)

NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)


def create(book: Book, params: Json) -> Json:
    amount = forms.integer(params, "amount")
    currency = forms.text(params, "currency").lower()
    if len(currency) != 3 or not currency.isalpha():
        raise invalid(f"Invalid currency: {currency}", param="currency")
    if amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount < _SMALLEST.get(currency, 50):
        raise invalid("Amount is too small for this currency.", code="amount_too_small", param="amount")
    if amount > 99_999_999:
        raise invalid("Amount must be no more than 999,999.99", code="amount_too_large", param="amount")
    intent = shapes.payment_intent(
        book.new_id("pi"), book.now(), amount, currency, secrets.token_urlsafe(18).replace("-", "x")
    )
    intent["capture_method"] = forms.one_of(params, "capture_method", ("automatic_async", "automatic", "manual"))
    intent["metadata"] = forms.metadata(params)
    intent["payment_method_options"] = params.get("payment_method_options") or {}
    intent.update({name: params[name] for name in _NOTED if name in params})
    if customer := params.get("customer"):
        intent["customer"] = book.get("customer", customer, "customer")["id"]
    redirects = (params.get("automatic_payment_methods") or {}).get("allow_redirects", "always")
    intent["automatic_payment_methods"] = {"enabled": True, "allow_redirects": redirects}
    intent["allowed_payment_method_types"] = params.get("allowed_payment_method_types")
    confirmed = forms.boolean(params, "confirm")
    if confirmed:
        _check_return_url(intent, params)
        forms.text(params, "payment_method")
    if method_id := params.get("payment_method"):
        intent["payment_method"] = methods.resolve(book, method_id)["id"]
        intent["status"] = "requires_confirmation"
    book.add(intent)
    book.emit("payment_intent.created", intent)
    return _attempt(book, intent, params.get("return_url")) if confirmed else intent


def confirm(book: Book, params: Json, object_id: str) -> Json:
    intent = book.get("payment_intent", object_id)
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise _unexpected(intent, f"You cannot confirm this PaymentIntent because it has a status of {_state(intent)}.")
    _check_return_url(intent, params)
    if method_id := params.get("payment_method"):
        intent["payment_method"] = methods.resolve(book, method_id)["id"]
    if intent["payment_method"] is None:
        raise _unexpected(intent, "You cannot confirm this PaymentIntent because it's missing a payment method.")
    return _attempt(book, intent, params.get("return_url"))


def authenticate(book: Book, intent: Json, *, passed: bool) -> Json:
    """What the bank's 3-D Secure page reports back."""
    if intent["status"] != "requires_action":
        return intent
    intent["next_action"] = None
    if passed:
        return _charge(book, intent, _card(book, intent), authenticated=True)
    _fail(book, intent, {"code": "payment_intent_authentication_failure", "message": NOT_AUTHENTICATED})
    return intent


def capture(book: Book, params: Json, object_id: str) -> Json:
    intent = book.get("payment_intent", object_id)
    if intent["status"] != "requires_capture":
        raise _unexpected(
            intent, f"This PaymentIntent could not be captured because it has a status of {_state(intent)}."
        )
    amount = forms.integer(params, "amount_to_capture", default=intent["amount_capturable"])
    if not 1 <= amount <= intent["amount_capturable"]:
        message = f"Amount must be between 1 and the capturable {intent['amount_capturable']}."
        raise invalid(message, code="amount_too_large", param="amount_to_capture")
    intent["metadata"].update(forms.metadata(params))
    book.add(intent)
    _settle(book, intent, book.objects[intent["latest_charge"]], amount)
    return intent


def cancel(book: Book, params: Json, object_id: str) -> Json:
    intent = book.get("payment_intent", object_id)
    if intent["status"] not in _CANCELABLE:
        message = f"You cannot cancel this PaymentIntent because it has a status of {_state(intent)}."
        raise _unexpected(intent, message)
    reason = params.get("cancellation_reason")
    if reason is not None and reason not in _CANCEL_REASONS:
        raise invalid("Invalid cancellation_reason", param="cancellation_reason")
    if intent["status"] == "requires_capture":
        held = book.objects[intent["latest_charge"]]
        charges.release(book, held, intent["amount_capturable"])
    intent.update(status="canceled", canceled_at=book.now(), cancellation_reason=reason)
    intent.update(amount_capturable=0, next_action=None)
    book.emit("payment_intent.canceled", intent)
    return intent


def update(book: Book, params: Json, object_id: str) -> Json:
    intent = book.get("payment_intent", object_id)
    intent["metadata"].update(forms.metadata(params))
    intent.update({name: params[name] for name in ("description", "transfer_group") if name in params})
    return book.add(intent)


def retrieve(book: Book, params: Json, object_id: str) -> Json:
    return book.get("payment_intent", object_id)


def listing(book: Book, params: Json) -> Json:
    return list_page(book, "payment_intent", params, "/v1/payment_intents", ("customer",))


def _attempt(book: Book, intent: Json, return_url: str | None) -> Json:
    card = _card(book, intent)
    wish = (intent["payment_method_options"].get("card") or {}).get("request_three_d_secure", "automatic")
    if card.challenge == "always" or (card.challenge == "on_request" and wish in ("any", "challenge")):
        intent.update(status="requires_action", next_action=_next_action(book, intent, return_url))
        book.emit("payment_intent.requires_action", intent)
        return intent
    return _charge(book, intent, card, authenticated=False)


def _charge(book: Book, intent: Json, card: Card, *, authenticated: bool) -> Json:
    made = charges.create(book, intent, card, authenticated=authenticated)
    intent["latest_charge"] = made["id"]
    if card.code:
        message = MESSAGES.get(card.decline_code or "", MESSAGES.get(card.code, MESSAGES["card_declined"]))
        error = {
            "charge": made["id"],
            "code": card.code,
            "decline_code": card.decline_code,
            "message": message,
        }
        _fail(book, intent, error)
        if authenticated:
            return intent
        raise declined(
            card.code, card.decline_code or card.code, message, charge=made["id"], payment_intent=intent,
            payment_method=book.objects[made["payment_method"]],
        )  # fmt: skip
    if intent["customer"] is None:
        book.used_methods.add(intent["payment_method"])
    intent["last_payment_error"] = None
    if intent["capture_method"] == "manual":
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        book.emit("payment_intent.amount_capturable_updated", intent)
    else:
        _settle(book, intent, made, intent["amount"])
    return intent


def _settle(book: Book, intent: Json, made: Json, amount: int) -> None:
    intent.update(status="succeeded", amount_capturable=0, amount_received=amount)
    charges.settle(book, made, amount)
    book.emit("payment_intent.succeeded", intent)


def _fail(book: Book, intent: Json, error: Json) -> None:
    method = book.objects[intent["payment_method"]]
    intent["last_payment_error"] = {**error, "payment_method": method, "type": "card_error"}
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    book.emit("payment_intent.payment_failed", intent)


def _card(book: Book, intent: Json) -> Card:
    return book.cards[intent["payment_method"]]


def _next_action(book: Book, intent: Json, return_url: str | None) -> Json:
    if return_url:
        page = f"{book.origin}/_standin/3ds/{intent['id']}?client_secret={intent['client_secret']}"
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": page}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "stripe_3ds2_challenge"}}


def _check_return_url(intent: Json, params: Json) -> None:
    if intent["automatic_payment_methods"]["allow_redirects"] != "never" and "return_url" not in params:
        raise invalid(NEEDS_RETURN_URL, param="return_url")


def _state(intent: Json) -> str:
    return str(intent["status"])


def _unexpected(intent: Json, message: str) -> Refusal:
    return invalid(message, code="payment_intent_unexpected_state", payment_intent=intent, executed=True)
