"""The receipt on paper: seller, every seat, fees, tax and total; what went back; nothing for what was not paid."""

from __future__ import annotations

import pypdfium2
import pytest

from kit.money import Money
from kit.table import Transaction
from orders import Cancellation, Status
from orders import store as orders_store
from tests import harness
from tests.tickets.conftest import NOON, a_person, an_event, an_order
from tickets import download_receipt
from tickets.receipt import rows_of

pytestmark = pytest.mark.usefixtures("aws")


def receipt(order_id: str, person: str = "ada") -> tuple[int, object, dict[str, str]]:
    return harness.call(download_receipt, path={"orderId": order_id}, person=person)


def words(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_it_says_who_sold_what_to_whom_for_how_much() -> None:
    a_person("ada", "Ada Byron")
    event = an_event()
    order = an_order(event, status="completed")
    status, content, headers = receipt(order.order_id)
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "application/pdf", "no-store")
    assert isinstance(content, bytes)
    page = words(content)
    assert order.fare.tax is not None
    for said in (
        "Receipt", "The Night Parade", "Kulturhuset, Stockholm", "Ada Byron", order.order_id, "Stalls, row D, seat 5",
        *(fee.label for fee in order.fare.fees), order.fare.tax.label, "Paid",
    ):  # fmt: skip
        assert said in page, said
    *parts, paid = rows_of(order, event)
    assert sum(row.amount.amount for row in parts) == paid.amount.amount == order.fare.total.amount


def test_what_was_given_back_is_taken_from_it() -> None:
    event = an_event()
    order = an_order(event, status="completed")
    transaction = Transaction()
    back = Cancellation("can_1", [order.seat_ids[0]], Money(1000, order.fare.currency), "buyer", NOON)
    orders_store.add_cancellation(transaction, order, back, NOON)
    transaction.commit()
    *_, given, kept = rows_of(orders_store.get(order.order_id), event)
    assert (given.label, given.note, given.amount.amount) == ("Given back", "Stalls, row D, seat 5", -1000)
    assert kept.amount.amount == order.fare.total.amount - 1000


def test_what_went_back_without_a_cancellation_is_taken_from_it_too() -> None:
    """As after a warning of fraud, or a refund that was made at Stripe."""
    event = an_event()
    order = an_order(event, status="completed")
    orders_store.move(order, "refunded", NOON)
    *_, given, kept = rows_of(orders_store.get(order.order_id), event)
    assert (given.label, given.amount.amount) == ("Given back", -order.fare.total.amount)
    assert (kept.label, kept.amount.amount) == ("Kept", 0)


def test_only_the_buyer_gets_it_and_only_once_something_was_paid() -> None:
    event = an_event()
    order = an_order(event, status="completed")
    assert receipt(order.order_id, "eve")[0] == 404
    assert receipt("ord_0000000000000000")[0] == 404
    unpaid_states: tuple[Status, ...] = ("pending", "failed")
    for status in unpaid_states:
        unpaid = an_order(event, person=f"bob-{status}", status=status)
        assert receipt(unpaid.order_id, f"bob-{status}")[0] == 409


@pytest.mark.parametrize("name", ["NUL \x00 and \x1b[31m", "W" * 5000, "東京事変 שלום 🎭", "\u200f\u202e"])
def test_no_name_breaks_it(name: str) -> None:
    order = an_order(an_event(name=name, venue=name), status="completed")
    status, content, _ = receipt(order.order_id)
    assert status == 200 and isinstance(content, bytes) and content.startswith(b"%PDF")
