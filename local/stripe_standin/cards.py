"""The documented test cards and the well-known test payment methods, and how each behaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    number: str
    brand: str = "visa"
    funding: str = "credit"
    code: str | None = None  # the refusal's code, or None for a card that pays
    decline_code: str | None = None
    challenge: str = "none"  # 3-D Secure: none | on_request | always
    dispute: str | None = None  # the dispute's reason, once captured
    fraud_warning: bool = False
    slow_refunds: bool = False  # pending until the stand-in is told how they end


MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}

_CARDS = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", brand="mastercard"),
    "amex": Card("378282246310005", brand="amex"),
    "chargeDeclined": Card("4000000000000002", code="card_declined", decline_code="generic_decline"),
    "chargeDeclinedInsufficientFunds": Card(
        "4000000000009995", code="card_declined", decline_code="insufficient_funds"
    ),
    "chargeDeclinedLostCard": Card("4000000000009987", code="card_declined", decline_code="lost_card"),
    "chargeDeclinedStolenCard": Card("4000000000009979", code="card_declined", decline_code="stolen_card"),
    "chargeDeclinedFraudulent": Card("4100000000000019", code="card_declined", decline_code="fraudulent"),
    "chargeDeclinedExpiredCard": Card("4000000000000069", code="expired_card", decline_code="expired_card"),
    "chargeDeclinedIncorrectCvc": Card("4000000000000127", code="incorrect_cvc", decline_code="incorrect_cvc"),
    "chargeDeclinedProcessingError": Card("4000000000000119", code="processing_error", decline_code="processing_error"),
    "threeDSecureOptional": Card("4000000000003055", challenge="on_request"),
    "threeDSecure2Required": Card("4000000000003220", challenge="always"),
    "authenticationRequired": Card("4000002760003184", challenge="always"),
    "authenticationRequiredOnSetup": Card("4000002500003155", challenge="always"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", challenge="always", code="card_declined", decline_code="insufficient_funds"
    ),
    "threeDSecureRequiredChargeDeclined": Card(
        "4000008400001629", challenge="always", code="card_declined", decline_code="generic_decline"
    ),
    "createDispute": Card("4000000000000259", dispute="fraudulent"),
    "createDisputeProductNotReceived": Card("4000000000002685", dispute="product_not_received"),
    "createIssuerFraudRecord": Card("4000000000005423", fraud_warning=True),
    "pendingRefund": Card("4000000000007726", slow_refunds=True),
}
_BY_NUMBER = {card.number: card for card in _CARDS.values()}
_BRANDS = {"4": "visa", "5": "mastercard", "2": "mastercard", "3": "amex", "6": "discover"}


def by_number(number: str) -> Card | None:
    """The card of a number; None when the number fails its check digit. Unlisted valid numbers decline."""
    if not _luhn(number):
        return None
    unlisted = Card(
        number,
        brand=_BRANDS.get(number[0], "unknown"),
        code="card_declined",
        decline_code="test_mode_live_card",
    )
    return _BY_NUMBER.get(number, unlisted)


def by_test_id(object_id: str) -> Card | None:
    """The card behind `pm_card_visa`, `pm_card_visa_chargeDeclined`, `tok_visa` and their like."""
    for prefix in ("pm_card_visa_", "tok_visa_", "pm_card_", "tok_"):
        if object_id.startswith(prefix) and (card := _CARDS.get(object_id.removeprefix(prefix))):
            return card
    return None


def _luhn(number: str) -> bool:
    if not (12 <= len(number) <= 19 and number.isascii() and number.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[0::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0
