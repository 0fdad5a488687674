"""An event's price list: face values by seat category and ticket type, fees, tax; in one currency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from kit.decode import END
from kit.errors import Problem
from kit.money import Money

AMOUNT_MAX = 100_000_000
"""A million in most currencies; a slip of the keyboard beyond it is refused."""
TICKET_TYPES_MAX = 20
FEES_MAX = 10

Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}" + END)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class UnknownTicketType(Problem):
    status, title = 422, "The event does not sell this ticket type"


class UnknownCategory(Problem):
    status, title = 422, "The event has no price for this category of seat"


class TicketType(msgspec.Struct, frozen=True, rename="camel"):
    """Adult, child, concession, …; the first of a list is the one a buyer gets who names none."""

    id: Key
    label: Label


class Fee(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Comes on top: a fixed `amount` per ticket or order, or `basis_points` of each face value."""

    code: Key
    label: Label
    per: Literal["ticket", "order"]
    amount: Amount | None = None
    basis_points: BasisPoints | None = None


class Tax(msgspec.Struct, frozen=True, rename="camel"):
    """`included`: prices and fees contain it, as VAT; otherwise it is added to both, as a sales tax."""

    label: Label
    basis_points: BasisPoints
    included: bool


class Pricing(msgspec.Struct, frozen=True, rename="camel"):
    """`prices[category][ticket type id]` is a face value in minor units of `currency` (ISO 4217)."""

    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}" + END)]
    ticket_types: Annotated[list[TicketType], msgspec.Meta(min_length=1, max_length=TICKET_TYPES_MAX)]
    prices: dict[str, dict[str, Amount]]
    fees: Annotated[list[Fee], msgspec.Meta(max_length=FEES_MAX)] = []
    tax: Tax | None = None

    def face_value(self, category: str, ticket_type_id: str) -> Money:
        """Raises UnknownCategory, UnknownTicketType."""
        if category not in self.prices:
            raise UnknownCategory(category=category)
        if ticket_type_id not in self.prices[category]:
            raise UnknownTicketType(ticketTypeId=ticket_type_id)
        return Money(self.prices[category][ticket_type_id], self.currency)


def faults(pricing: Pricing, categories: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What keeps a price list from selling seats of these categories: pairs of (path, what is wrong)."""
    types = [ticket_type.id for ticket_type in pricing.ticket_types]
    codes = [fee.code for fee in pricing.fees]
    for i, ticket_type_id in enumerate(types):
        if ticket_type_id in types[:i]:
            yield f"ticketTypes[{i}].id", f"{ticket_type_id!r} is there twice"
    for i, fee in enumerate(pricing.fees):
        if fee.code in codes[:i]:
            yield f"fees[{i}].code", f"{fee.code!r} is there twice"
        if (fee.amount is None) == (fee.basis_points is None):
            yield f"fees[{i}]", "needs either amount or basisPoints"
        if fee.per == "order" and fee.basis_points is not None:
            yield f"fees[{i}].basisPoints", "is a share of each ticket's face value: per must be 'ticket'"
    for category in pricing.prices.keys() - set(categories):
        yield f"prices.{category}", "the chart has no such category"
    for category in categories:
        for ticket_type_id in types:
            if ticket_type_id not in pricing.prices.get(category, {}):
                yield f"prices.{category}.{ticket_type_id}", "is missing"
        for unknown in pricing.prices.get(category, {}).keys() - set(types):
            yield f"prices.{category}.{unknown}", "is no ticket type of this event"
