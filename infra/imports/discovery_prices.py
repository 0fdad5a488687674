"""What tickets cost, as far as the Discovery API says: ranges, from which a price list for the announcement is made."""

from __future__ import annotations

import math
import re
from typing import Any

from infra.imports.places import NO_CURRENCY, minor_digits
from infra.imports.wording import plain

STANDARD = "standard"
LOWEST, HIGHEST = "lowest", "highest"
"""The categories of a price list before there is a chart."""
AMOUNT_MAX = 100_000_000


def pricing_of(ranges: Any, usual: str, mended: list[str]) -> dict[str, Any]:
    """The cheapest and the dearest standard ticket in the currency of the country where there is such a range."""
    found = [part for part in ranges if isinstance(part, dict)] if isinstance(ranges, list) else []
    found.sort(key=lambda part: (plain(part.get("type")).lower() != STANDARD, _currency(part) != usual))
    prices: dict[str, dict[str, int]] = {}
    currency = usual
    if found:
        chosen = found[0]
        currency = _currency(chosen) or usual
        if len(found) > 1:
            mended.append(f"of its {len(found)} price ranges the {_words(chosen)} one is taken")
        elif plain(chosen.get("type")).lower() != STANDARD:
            mended.append(f"its price range is not the standard one but {_words(chosen)}")
        if not _currency(chosen):
            given = plain(chosen.get("currency"))
            mended.append(f"its currency is {given!r}: taken as {currency}" if given else f"taken to be in {currency}")
        prices = _prices(chosen, currency, mended)
    ticket_types = [{"id": STANDARD, "label": "Standard"}]
    return {"currency": currency, "ticketTypes": ticket_types, "prices": prices}


def _prices(chosen: dict[str, Any], currency: str, mended: list[str]) -> dict[str, dict[str, int]]:
    if currency == NO_CURRENCY:
        mended.append("its prices are left out: in which currency they are cannot be known")
        return {}
    amounts = [_minor(chosen.get(end), currency) for end in ("min", "max")]
    known = sorted(amount for amount in amounts if amount is not None)
    if not known:
        mended.append("its price range has no usable number: no price is said")
        return {}
    if None in amounts:
        mended.append("its price range has one end only")
    elif amounts != known:
        mended.append("the ends of its price range were the wrong way round")
    labels = (LOWEST, HIGHEST) if known[0] != known[-1] else (LOWEST,)
    return {label: {STANDARD: known[index]} for label, index in zip(labels, (0, -1), strict=False)}


def _minor(value: object, currency: str) -> int | None:
    """In minor units; None for what is no price."""
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except ValueError:
        return None
    if not math.isfinite(number) or number < 0:
        return None
    amount = round(number * 10 ** minor_digits(currency))
    return amount if amount <= AMOUNT_MAX else None


def _currency(part: dict[str, Any]) -> str:
    """Three letters, or nothing."""
    given = plain(part.get("currency")).upper()
    return given if re.fullmatch("[A-Z]{3}", given) else ""


def _words(part: dict[str, Any]) -> str:
    return f"{plain(part.get('type')) or 'nameless'} {plain(part.get('currency'))}".strip()
