"""A quote adds up, in whole minor units of one currency, and never asks less than nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.decode import build
from kit.errors import Invalid
from kit.money import Money
from pricing import (
    Fee,
    Pricing,
    Tax,
    TicketType,
    UnknownCategory,
    UnknownTicketType,
    all_in,
    faults,
    price_range,
    quote,
    too_small,
)

EXPIRES = datetime(2030, 5, 1, 20, 10, tzinfo=UTC)
TYPES = [TicketType("adult", "Adult"), TicketType("child", "Child")]
PRICES = {"stalls": {"adult": 6000, "child": 3000}, "balcony": {"adult": 2500, "child": 1250}}


def price_list(fees: list[Fee] | None = None, tax: Tax | None = None) -> Pricing:
    return Pricing("EUR", TYPES, PRICES, fees or [], tax)


def test_fees_and_included_tax() -> None:
    fees = [
        Fee("booking", "Booking fee", "ticket", basis_points=1000),
        Fee("facility", "Facility", "ticket", amount=150),
        Fee("order", "Order fee", "order", amount=200),
    ]
    fare = quote(
        price_list(fees, Tax("VAT", 1900, included=True)),
        [("a-0-0", "stalls", "adult"), ("a-0-1", "stalls", "child")],
        EXPIRES,
    )
    assert [line.face_value.amount for line in fare.lines] == [6000, 3000]
    assert [(fee.code, fee.amount.amount) for fee in fare.fees] == [
        ("booking", 900),
        ("facility", 300),
        ("order", 200),
    ]
    assert fare.total == Money(10_400, "EUR")
    assert fare.tax is not None and fare.tax.amount == Money(1661, "EUR")  # 10400 x 19 / 119 = 1660.5
    assert fare.expires_at == EXPIRES


def test_a_sales_tax_is_added_to_prices_and_fees() -> None:
    fare = quote(
        price_list([Fee("order", "Order fee", "order", amount=100)], Tax("Sales tax", 825, included=False)),
        [("a-0-0", "stalls", "adult")],
        EXPIRES,
    )
    assert fare.tax is not None and fare.tax.amount == Money(503, "EUR")  # 6100 x 8.25 %, half up
    assert fare.total == Money(6603, "EUR")


def test_a_fare_reads_as_the_api_says() -> None:
    document = msgspec.to_builtins(
        quote(price_list(tax=Tax("VAT", 700, True)), [("a-0-0", "balcony", "child")], EXPIRES)
    )
    assert document == {
        "lines": [
            {
                "seatId": "a-0-0",
                "ticketTypeId": "child",
                "faceValue": {"amount": 1250, "currency": "EUR"},
            }
        ],
        "fees": [],
        "tax": {"label": "VAT", "amount": {"amount": 82, "currency": "EUR"}, "included": True},
        "total": {"amount": 1250, "currency": "EUR"},
        "currency": "EUR",
        "expiresAt": "2030-05-01T20:10:00Z",
    }


def test_unknown_words_are_refused() -> None:
    with pytest.raises(UnknownTicketType) as refused:
        quote(price_list(), [("a-0-0", "stalls", "senior")], EXPIRES)
    assert (refused.value.status, refused.value.word) == (422, "unknown-ticket-type")
    with pytest.raises(UnknownCategory):
        quote(price_list(), [("a-0-0", "boxes", "adult")], EXPIRES)


def test_the_price_range_is_all_in() -> None:
    pricing = price_list([Fee("booking", "Booking fee", "ticket", amount=250)])
    assert price_range(pricing) == (Money(1500, "EUR"), Money(6250, "EUR"))


amounts = st.integers(0, 1_000_000)
fee_lists = st.lists(
    st.one_of(
        st.builds(Fee, st.just("a"), st.just("A"), st.sampled_from(["ticket", "order"]), amount=amounts),
        st.builds(Fee, st.just("b"), st.just("B"), st.just("ticket"), basis_points=st.integers(0, 10_000)),
    ),
    max_size=4,
)
taxes = st.none() | st.builds(Tax, st.just("Tax"), st.integers(0, 10_000), st.booleans())
baskets = st.lists(
    st.tuples(st.text(max_size=4), st.sampled_from(sorted(PRICES)), st.sampled_from(["adult", "child"])),
    min_size=1,
    max_size=20,
)


@given(fee_lists, taxes, baskets)
def test_a_quote_adds_up(fees: list[Fee], tax: Tax | None, seats: list[tuple[str, str, str]]) -> None:
    pricing = price_list(fees, tax)
    fare = quote(pricing, seats, EXPIRES)
    parts = [line.face_value for line in fare.lines] + [fee.amount for fee in fare.fees]
    if fare.tax is not None and not fare.tax.included:
        parts.append(fare.tax.amount)
    assert sum(part.amount for part in parts) == fare.total.amount
    assert all(part.amount >= 0 and part.currency == fare.currency == "EUR" for part in parts)
    assert [line.seat_id for line in fare.lines] == [seat_id for seat_id, _, _ in seats]
    if fare.tax is not None and fare.tax.included:
        assert fare.tax.amount.amount <= fare.total.amount
    alone = sum(all_in(pricing, category, ticket_type).amount for _, category, ticket_type in seats)
    assert fare.total.amount <= alone + len(seats)  # rounding of an added tax: at most one unit a ticket


def test_faults_say_what_is_wrong_where() -> None:
    pricing = Pricing(
        "EUR",
        [*TYPES, TicketType("adult", "Adult again")],
        {"stalls": {"adult": 100, "pensioner": 50}, "moon": {}},
        [
            Fee("x", "X", "order", basis_points=100),
            Fee("x", "X", "ticket"),
        ],
    )
    assert set(faults(pricing, ["stalls"])) == {
        ("ticketTypes[2].id", "'adult' is there twice"),
        ("fees[0].basisPoints", "is a share of each ticket's face value: per must be 'ticket'"),
        ("fees[1].code", "'x' is there twice"),
        ("fees[1]", "needs either amount or basisPoints"),
        ("prices.moon", "the chart has no such category"),
        ("prices.stalls.child", "is missing"),
        ("prices.stalls.pensioner", "is no ticket type of this event"),
    }
    assert list(faults(price_list(), ["stalls", "balcony"])) == []


@pytest.mark.parametrize(
    ("currency", "adult", "child", "fee", "wrong"),
    [
        ("EUR", 49, 0, 0, ["prices.stalls.adult"]),
        ("EUR", 50, 1, 49, []),
        ("EUR", 50, 0, 1, ["prices.stalls.child"]),
        ("GBP", 30, 29, 0, ["prices.stalls.child"]),
        ("HUF", 17_499, 0, 0, ["prices.stalls.adult"]),
    ],
)
def test_a_price_is_nothing_or_what_a_card_can_be_charged(
    currency: str, adult: int, child: int, fee: int, wrong: list[str]
) -> None:
    pricing = Pricing(
        currency, TYPES, {"stalls": {"adult": adult, "child": child}}, [Fee("x", "X", "order", amount=fee)]
    )
    assert [path for path, _ in too_small(pricing)] == wrong


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "euro"}, "currency"),
        ({"prices": {"stalls": {"adult": -1}}}, "prices"),
        ({"prices": {"stalls": {"adult": 10.5}}}, "prices"),
        ({"ticketTypes": []}, "ticketTypes"),
        ({"tax": {"label": "VAT", "basisPoints": 10_001, "included": True}}, "tax.basisPoints"),
    ],
)
def test_a_price_list_is_checked_field_by_field(change: dict[str, object], field: str) -> None:
    document = msgspec.to_builtins(price_list()) | change
    with pytest.raises(Invalid) as refused:
        build(document, Pricing)
    assert refused.value.data["field"] == field
