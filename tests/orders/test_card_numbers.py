"""Card numbers are recognised however they are written, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest

from orders.card_numbers import CardNumberRefused, refuse_card_numbers

CARDS = [
    "4242424242424242",
    "4242 4242 4242 4242",
    "3782-822463-10005",
    "30569309025904",
    "6304000000000000000",
    "4222222222222",
]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("hidden", ['{"a": "%s"}', '{"a": [{"b": "my card is %s."}]}', '{"%s": 1}'])
def test_a_card_number_anywhere(card: str, hidden: str) -> None:
    with pytest.raises(CardNumberRefused) as refused:
        refuse_card_numbers((hidden % card).encode())
    assert card not in str(refused.value) + str(refused.value.document("request"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 4242424242424242}',
        b'{"a": "\\u00342424242424242\\u00342"}',
        '{"a": "4242424242424242"}'.encode("utf-16"),
    ],
    ids=["number", "escaped", "utf-16"],
)
def test_a_card_number_in_disguise(body: bytes) -> None:
    with pytest.raises(CardNumberRefused):
        refuse_card_numbers(body)


@pytest.mark.parametrize(
    "harmless",
    [
        "4242424242424241",
        "pm_1PxYz4242",
        "pm_a4242424242424242b0c1d2e",
        "hld_4242424242424242a",
        "424242424242",
        "42424242424242424242",
        "+49 30 1234567",
        "hld_0000000000000000",
    ],
)
def test_what_is_no_card_number(harmless: str) -> None:
    refuse_card_numbers(json.dumps({"a": harmless}).encode())
