"""The quote: lines, fees and tax for certain seats, and the total that is charged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from kit.money import Money
from pricing.price_list import Fee, Pricing

NEVER = datetime.max.replace(tzinfo=UTC)
LEAST_CHARGED_ELSEWHERE = 50
LEAST_CHARGED = {
    "AED": 200, "BGN": 100, "CZK": 1500, "DKK": 250, "GBP": 30, "HKD": 400, "HUF": 17_500, "MXN": 1000, "MYR": 200,
    "NOK": 300, "PLN": 200, "RON": 200, "SEK": 300, "THB": 1000,
}  # fmt: skip
"""In minor units, as the payment service lists them; what is below it refuses, and a buyer would hear of a bad card."""


class FareLine(msgspec.Struct, frozen=True, rename="camel"):
    """One seat, at its face value."""

    seat_id: str
    ticket_type_id: str
    face_value: Money


class FareFee(msgspec.Struct, frozen=True, rename="camel"):
    """One kind of fee, for the whole order."""

    code: str
    label: str
    amount: Money


class FareTax(msgspec.Struct, frozen=True, rename="camel"):
    """`included`: the lines and fees contain `amount`; otherwise the total adds it."""

    label: str
    amount: Money
    included: bool


class Fare(msgspec.Struct, frozen=True, rename="camel"):
    """A price promised until `expires_at`. Total = lines + fees (+ tax, where it is not included)."""

    lines: list[FareLine]
    fees: list[FareFee]
    tax: FareTax | None
    total: Money
    currency: str
    expires_at: datetime


def quote(pricing: Pricing, seats: Sequence[tuple[str, str, str]], expires_at: datetime) -> Fare:
    """The price of at least one seat, each as (seat id, category, ticket type id).

    Raises UnknownCategory, UnknownTicketType.
    """
    lines = [
        FareLine(seat_id, ticket_type_id, pricing.face_value(category, ticket_type_id))
        for seat_id, category, ticket_type_id in seats
    ]
    fees = [FareFee(fee.code, fee.label, _fee(fee, lines, pricing.currency)) for fee in pricing.fees]
    subtotal = _sum(
        [line.face_value for line in lines] + [fee.amount for fee in fees],
        pricing.currency,
    )
    tax = _tax(pricing, subtotal)
    total = subtotal if tax is None or tax.included else subtotal + tax.amount
    return Fare(lines, fees, tax, total, pricing.currency, expires_at)


def all_in(pricing: Pricing, category: str, ticket_type_id: str) -> Money:
    """What one such ticket costs when bought alone, everything included; a second never costs more."""
    return quote(pricing, [("", category, ticket_type_id)], NEVER).total


def too_small(pricing: Pricing) -> Iterator[tuple[str, str]]:
    """Prices that no card can be charged, though they are not nothing: pairs of (path, what is wrong)."""
    least = LEAST_CHARGED.get(pricing.currency, LEAST_CHARGED_ELSEWHERE)
    for category, by_type in pricing.prices.items():
        for ticket_type_id in by_type:
            total = all_in(pricing, category, ticket_type_id).amount
            if 0 < total < least:
                yield (
                    f"prices.{category}.{ticket_type_id}",
                    f"comes to {total} with fees and tax: cards are charged {least} at least, or nothing",
                )


def price_range(pricing: Pricing) -> tuple[Money, Money]:
    """The cheapest and the dearest ticket, all-in. Raises ValueError where nothing has a price."""
    prices = [
        all_in(pricing, category, ticket_type_id)
        for category, by_type in pricing.prices.items()
        for ticket_type_id in by_type
    ]
    return min(prices, key=_amount), max(prices, key=_amount)


def _fee(fee: Fee, lines: Sequence[FareLine], currency: str) -> Money:
    if fee.basis_points is not None:
        return _sum([line.face_value.share(fee.basis_points) for line in lines], currency)
    amount = Money(fee.amount or 0, currency)
    return amount if fee.per == "order" else amount * len(lines)


def _tax(pricing: Pricing, subtotal: Money) -> FareTax | None:
    tax = pricing.tax
    if tax is None:
        return None
    amount = subtotal.tax_within(tax.basis_points) if tax.included else subtotal.share(tax.basis_points)
    return FareTax(tax.label, amount, tax.included)


def _sum(amounts: Sequence[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))


def _amount(money: Money) -> int:
    return money.amount
