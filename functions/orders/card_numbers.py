"""Card numbers do not belong here: Stripe's form takes them, we only ever see the id of a payment method."""

from __future__ import annotations

import json
import re

from kit.errors import Problem

DIGITS = re.compile(r"(?<!\d)[1-9](?:[ -]?\d){12,18}(?!\d)")
"""No issuer's numbers start with 0."""
IDS = re.compile(r"\b[a-z]{2,8}_(?=\d*[A-Za-z])[0-9A-Za-z]{14,}\b")
"""Ours and Stripe's: among thousands one has a run of digits that could be a card's."""


class CardNumberRefused(Problem):
    """Says nothing of where or what, so that the number is neither answered nor logged."""

    status, title = 422, "Never send a card number here; send the payment method's id"


def refuse_card_numbers(body: bytes) -> None:
    """Raises CardNumberRefused where 13 to 19 digits of a JSON body, spaced or not, have a card's check digit.

    Read and written again first, so that no escape and no encoding hides a digit; ids are passed over.
    """
    for match in DIGITS.finditer(IDS.sub("", json.dumps(json.loads(body)))):
        if _check_digit_fits([int(digit) for digit in match[0] if digit.isdigit()]):
            raise CardNumberRefused


def _check_digit_fits(digits: list[int]) -> bool:
    """ISO/IEC 7812-1: every second digit from the right doubled, the sum of all digits divisible by ten."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
