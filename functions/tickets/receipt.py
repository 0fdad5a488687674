"""The printable receipt of an order: who sold what, each seat, fees, tax, what was paid and what went back. A4."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import msgspec
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from catalog import Event
from kit import spell
from kit.money import Money
from orders import Order, OrderedSeat
from tickets.lettering import EXTRA_BOLD, REGULAR, SEMI_BOLD, draw, fit, width
from tickets.paper import INK, LEFT, LINE, PAGE_HEIGHT, RIGHT, SOFT, heading

TOP, LOWEST = PAGE_HEIGHT - 90, 80.0
LINE_HEIGHT = 22.0


class Row(msgspec.Struct, frozen=True):
    """A line of the account. A `sum` is set apart."""

    label: str
    note: str
    amount: Money
    sum: bool = False


def render(order: Order, event: Event, buyer: str | None) -> bytes:
    """The PDF; as many pages as the order needs. Names may hold anything; see `lettering`."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"Receipt {order.order_id}")
    canvas.setCreator("Boxoffice")
    y = _head(canvas, order, event, buyer)
    for row in rows_of(order, event):
        if y < LOWEST:
            canvas.showPage()
            heading(canvas, f"Receipt {order.order_id}")
            y = TOP
        y = _draw_row(canvas, row, y)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def rows_of(order: Order, event: Event) -> Iterator[Row]:
    """Seats, fees and tax make up what was paid; what was given back is taken from it."""
    seats = {seat.seat_id: seat for seat in order.seats}
    types = {each.id: each.label for each in event.pricing.ticket_types}
    for line in order.fare.lines:
        yield Row(_place(seats[line.seat_id]), types.get(line.ticket_type_id, line.ticket_type_id), line.face_value)
    for fee in order.fare.fees:
        yield Row(fee.label, "Fee", fee.amount)
    tax = order.fare.tax
    if tax and not tax.included:
        yield Row(tax.label, "Tax", tax.amount)
    yield Row("Paid", f"{tax.label} {spell.money(tax.amount)} included" if tax and tax.included else "",
              order.fare.total, sum=True)  # fmt: skip
    nothing = Money(0, order.fare.currency)
    given = [(each.seat_ids, each.refund) for each in order.cancellations]
    kept = order.fare.total - sum((refund for _, refund in given), nothing)
    if order.status == "refunded" and order.kept_seat_ids:  # the rest went back without a cancellation
        given.append((order.kept_seat_ids, kept))
        kept = nothing
    for seat_ids, refund in given:
        yield Row("Given back", "; ".join(_place(seats[seat_id]) for seat_id in seat_ids), refund * -1)
    if given:
        yield Row("Kept", "", kept, sum=True)


def _head(canvas: Any, order: Order, event: Event, buyer: str | None) -> float:
    heading(canvas, "Receipt")
    zone, venue = event.venue.timezone, event.venue
    canvas.setFillColor(INK)
    size, lines = fit(spell.line(event.name), EXTRA_BOLD, (26, 22, 18, 14), RIGHT - LEFT, lines_max=2)
    y: float = TOP
    for line in lines:
        draw(canvas, LEFT, y, line, EXTRA_BOLD, size)
        y -= size * 1.15
    facts = (
        ("EVENT", f"{spell.date(event.starts_at, zone)}, {spell.time(event.starts_at, zone)}"),
        ("SOLD BY", spell.line(f"{venue.name}, {venue.city}, {venue.country_code}, through Boxoffice")),
        ("SOLD TO", spell.line(buyer or "the buyer of this order")),
        ("ORDER", order.order_id),
        ("DATE", spell.date(order.created_at, zone)),
    )
    for label, value in facts:
        y -= LINE_HEIGHT * 0.8
        canvas.setFillColor(SOFT)
        draw(canvas, LEFT, y, label, SEMI_BOLD, 7.5, spacing=1)
        canvas.setFillColor(INK)
        size, [said] = fit(value, REGULAR, (10.5, 9, 8), RIGHT - LEFT - 80)
        draw(canvas, LEFT + 80, y, said, REGULAR, size)
    return y - LINE_HEIGHT * 1.6


def _draw_row(canvas: Any, row: Row, y: float) -> float:
    font, amount = EXTRA_BOLD if row.sum else REGULAR, spell.money(row.amount)
    if row.sum:
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.7)
        canvas.line(LEFT, y + LINE_HEIGHT * 0.7, RIGHT, y + LINE_HEIGHT * 0.7)
    canvas.setFillColor(INK)
    size, [label] = fit(spell.line(row.label), font, (11, 9.5, 8), 230)
    draw(canvas, LEFT, y, label, font, size)
    draw(canvas, RIGHT - width(amount, font, 11), y, amount, font, 11)
    canvas.setFillColor(SOFT)
    size, [note] = fit(spell.line(row.note, 400), REGULAR, (9.5, 8), 180)
    draw(canvas, LEFT + 240, y, note, REGULAR, size)
    return y - LINE_HEIGHT


def _place(seat: OrderedSeat) -> str:
    row, number = (f"row {seat.row}" if seat.row else ""), (f"seat {seat.seat}" if seat.seat else "")
    return ", ".join(filter(None, (seat.section, row, number)))
