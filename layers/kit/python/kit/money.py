"""Money is integer minor units with a currency (ISO 4217); never a float."""

from __future__ import annotations

import msgspec


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were added or compared."""


class Money(msgspec.Struct, frozen=True, rename="camel"):
    """`amount` counts the currency's minor unit: 1250 EUR is €12.50, 1250 JPY is ¥1250."""

    amount: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.amount * count, self.currency)

    def share(self, basis_points: int) -> Money:
        """So many hundredths of a percent of it, half a minor unit rounded up."""
        return Money((self.amount * basis_points + 5_000) // 10_000, self.currency)

    def tax_within(self, basis_points: int) -> Money:
        """The tax an all-in amount contains at this rate: gross x rate / (1 + rate), rounded half up."""
        divisor = 10_000 + basis_points
        return Money((self.amount * basis_points * 2 + divisor) // (2 * divisor), self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other
