"""The PDF: its code is read back from the page as printed, and no name breaks it (case 33)."""

from __future__ import annotations

import time

import pypdfium2
import pytest
import zxingcpp

from orders import OrderedSeat
from tests import harness
from tests.tickets.conftest import TWO_SEATS, a_person, an_event, an_order, issued
from tickets import download_pdf, public_keys, store, verify
from tickets.store import TicketItem

pytestmark = pytest.mark.usefixtures("aws")

A4_POINTS = (595, 842)
PRINTER_DPI = 150
STRANGE = [
    "NUL \x00 and \x1b[31m escapes",
    "evil \u202egnp.exe\u202c turned",
    '=HYPERLINK("https://x.test")',
    "4 bytes 🎭𝔘𠜎",
    "Лебединое озеро, Η Λίμνη",
    "שלום עולם and مرحبا",
    "東京事変",
    "W" * 5000,
    "line\nbreak\r\n(unclosed \\( %%EOF",
    "\u200f\u202e",
]


def pdf(ticket_id: str, **query: str) -> tuple[bytes, dict[str, str]]:
    status, content, headers = harness.call(download_pdf, path={"ticketId": ticket_id}, person="ada", query=query)
    assert status == 200, content
    return content, headers


def codes(content: bytes) -> list[str]:
    """What a scanner reads from each page, printed in black and white."""
    found = []
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            image = page.render(scale=PRINTER_DPI / 72, grayscale=True).to_pil()
            found += [symbol.text for symbol in zxingcpp.read_barcodes(image)]
    return found


def words(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_page_carries_the_code_and_what_a_person_must_know() -> None:
    order = an_order(an_event())
    ticket_id = issued(order)[0]
    content, headers = pdf(ticket_id)
    assert (headers["content-type"], headers["cache-control"]) == ("application/pdf", "no-store")
    assert headers["content-disposition"] == 'attachment; filename="the-night-parade-stalls-d-5.pdf"'
    [code] = codes(content)
    assert verify(public_keys(), code).ticket_id == ticket_id
    with pypdfium2.PdfDocument(content) as document:
        assert tuple(round(side) for side in document[0].get_size()) == A4_POINTS
    page = words(content)
    for said in (
        "The Night Parade", "Kulturhuset", "Stockholm", "Monday 1 July 2030", "14:00", "Doors 13:00", "CEST (UTC+2)",
        "Stalls", "Show this code at the gate; only one entry", order.order_id, ticket_id, "€45.00",
    ):  # fmt: skip
        assert said in page


def test_a_whole_order_is_one_page_a_ticket() -> None:
    ticket_ids = issued(an_order(an_event()))
    content, headers = pdf(ticket_ids[1], scope="order")
    assert [verify(public_keys(), code).ticket_id for code in codes(content)] == ticket_ids
    assert "Ticket 2 of 2" in words(content)
    assert "2-tickets" in headers["content-disposition"]


def test_only_valid_tickets_are_printed() -> None:
    kept, voided = issued(an_order(an_event()))
    TicketItem(f"T#{voided}", store.TICKET).update([TicketItem.status.set("void")])
    assert [verify(public_keys(), code).ticket_id for code in codes(pdf(kept, scope="order")[0])] == [kept]
    status, problem, _ = harness.call(download_pdf, path={"ticketId": voided}, person="ada")
    assert (status, problem["type"].rpartition("/")[2]) == (409, "ticket-void")


def test_no_name_breaks_the_page() -> None:
    for name in STRANGE:
        seat = OrderedSeat("stalls-3-4", name, name, name, "adult")
        content, headers = pdf(issued(an_order(an_event(name, venue=name), seats=[seat]))[0])
        assert len(codes(content)) == 1, name
        assert headers["content-disposition"].isprintable()
        assert "\x00" not in words(content)


def test_scripts_of_the_stand_in_face_are_readable() -> None:
    content, _ = pdf(issued(an_order(an_event("Лебединое озеро")))[0])
    assert "Лебединое озеро" in words(content)


def test_general_admission_has_neither_row_nor_seat() -> None:
    seat = OrderedSeat("floor-0-7", "Standing floor", "", "", "adult")
    page = words(pdf(issued(an_order(an_event(), seats=[seat]))[0])[0])
    assert "General admission" in page
    assert "ROW" not in page


def test_printing_is_quick() -> None:
    ticket_id = issued(an_order(an_event(), seats=TWO_SEATS))[0]
    pdf(ticket_id)
    began = time.process_time()
    pdf(ticket_id)
    assert time.process_time() - began < 0.3


def test_the_name_of_the_holder_is_printed_where_it_is_known() -> None:
    ticket_id = issued(an_order(an_event()))[0]
    assert "Lovelace" not in words(pdf(ticket_id)[0])
    a_person("ada", name="Ada Lovelace \u202e=1+1\x00")
    assert "Ada Lovelace =1+1" in words(pdf(ticket_id)[0])


def test_an_unknown_scope_is_refused() -> None:
    ticket_id = issued(an_order(an_event()))[0]
    for query in ({"scope": "all"}, {"page": "1"}):
        assert harness.call(download_pdf, path={"ticketId": ticket_id}, person="ada", query=query)[0] == 422
