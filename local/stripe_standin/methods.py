"""Payment methods and tokens: what stripe.js makes from a card form, and the well-known test ids."""

from __future__ import annotations

from datetime import UTC, datetime

from . import cards, forms, shapes
from .book import Book
from .cards import Card
from .errors import Json, Refusal, declined, invalid, missing


def create(book: Book, params: Json) -> Json:
    """A card payment method from a number (only with a publishable key) or from a token."""
    if params.get("type") != "card":
        raise invalid("Invalid type: only card is known here", param="type")
    given = params.get("card")
    if not isinstance(given, dict):
        raise invalid("Missing required param: card.", code="parameter_missing", param="card")
    billing = params.get("billing_details") or {}
    if "token" in given:
        card = cards.by_test_id(given["token"])
        if card is None:
            raise missing("token", given["token"], "card[token]")
        return _add(book, card, 12, book_year() + 5, billing, forms.metadata(params))
    if not book.from_browser:
        raise Refusal(
            402,
            "invalid_request_error",
            "Sending credit card numbers directly to the Stripe API is generally unsafe.",
        )
    card = cards.by_number(str(given.get("number", "")).replace(" ", ""))
    if card is None:
        raise _refused("incorrect_number", "Your card number is incorrect.", "number")
    month, year = _expiry(given)
    if len(given.get("cvc", "123")) not in (3, 4) or not given.get("cvc", "123").isdigit():
        raise _refused("invalid_cvc", "Your card's security code is invalid.", "cvc")
    return _add(book, card, month, year, billing, forms.metadata(params))


def resolve(book: Book, object_id: str) -> Json:
    """The method of an id; a well-known test id becomes a fresh method, as Stripe does."""
    if card := cards.by_test_id(object_id):
        return _add(book, card, 12, book_year() + 5, {}, {})
    if object_id in book.used_methods:
        raise invalid(
            "This PaymentMethod was previously used without being attached to a Customer or was detached "
            "from a Customer, and may not be used again.",
            param="payment_method",
        )
    found = book.objects.get(object_id)
    if found is None or found["object"] != "payment_method":
        raise invalid(f"No such PaymentMethod: '{object_id}'", code="resource_missing", param="payment_method")
    return found


def retrieve(book: Book, params: Json, object_id: str) -> Json:
    return book.get("payment_method", object_id)


def book_year() -> int:
    return datetime.now(UTC).year


def _add(book: Book, card: Card, month: int, year: int, billing: Json, metadata: Json) -> Json:
    object_id = book.new_id("pm")
    book.cards[object_id] = card
    details = shapes.billing_details(billing.get("name"), billing.get("email"))
    details["address"].update(billing.get("address") or {})
    return book.add(shapes.payment_method(object_id, book.now(), card, month, year, details, metadata))


def _expiry(given: Json) -> tuple[int, int]:
    month, year = str(given.get("exp_month", "")), str(given.get("exp_year", ""))
    if not month.isdigit() or not 1 <= int(month) <= 12:
        raise _refused("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    if not year.isdigit():
        raise _refused("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    full_year = int(year) + 2000 if int(year) < 100 else int(year)
    today = datetime.now(UTC)
    if (full_year, int(month)) < (today.year, today.month):
        raise _refused("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    return int(month), full_year


def _refused(code: str, message: str, param: str) -> Refusal:
    refusal = declined(code, code, message, param=param)
    refusal.error.pop("decline_code")
    return refusal
