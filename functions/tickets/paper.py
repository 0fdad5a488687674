"""The printable ticket: A4, one page each; the upper half folds to a ticket of A5."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import msgspec
import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from kit import spell
from tickets.lettering import EXTRA_BOLD, REGULAR, SEMI_BOLD, clean, draw, fit, width
from tickets.ticket_view import TicketView

INK, SOFT, LINE, MARQUEE, WHITE = map(HexColor, ("#14151c", "#5b5e6b", "#c9cad0", "#ffc93c", "#ffffff"))
PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT = 40.0, PAGE_WIDTH - 40
FOLD = PAGE_HEIGHT / 2
TOP, TEAR, BOTTOM = PAGE_HEIGHT - 66, PAGE_HEIGHT - 226, FOLD + 22
PADDING, CORNER, NOTCH = 24.0, 14.0, 8.0
QR_SIDE, QR_QUIET_MODULES = 148.0, 4
AT_THE_GATE = (
    "Show this code at the gate; only one entry. Whoever comes first with it is let in, any copy after that "
    "is refused: keep it to yourself.",
    "On paper, print the page at full size. On a screen, turn up the brightness.",
    "The same ticket is in your account, where it is always up to date.",
)
TERMS = (
    "This ticket admits one person to the seat and event named above.",
    "Refunds and changes follow the organizer's policy for this event, which your order shows.",
    "Should the event be cancelled or moved, we write to the address of your account.",
    "Fees and tax are on the receipt of your order.",
)


class Page(msgspec.Struct, frozen=True):
    """What one page says. The holder's name is printed where it is known."""

    ticket: TicketView
    code: str
    holder: str | None


def render(pages: Sequence[Page]) -> bytes:
    """The PDF. Names may hold anything; see `lettering`."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"Tickets: {clean(pages[0].ticket.event_name)}")
    canvas.setCreator("Boxoffice")
    for number, page in enumerate(pages, start=1):
        _heading(canvas, f"Ticket {number} of {len(pages)}")
        _card(canvas)
        _event(canvas, page.ticket)
        _place(canvas, page)
        _qr(canvas, page.code)
        _small_print(canvas, page.ticket)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _heading(canvas: Any, right: str) -> None:
    y = PAGE_HEIGHT - 48
    _stub(canvas, LEFT, y - 3, 24, 15)
    canvas.setFillColor(INK)
    draw(canvas, LEFT + 32, y, "Boxoffice", EXTRA_BOLD, 14)
    canvas.setFillColor(SOFT)
    draw(canvas, RIGHT - width(right, REGULAR, 10), y, right, REGULAR, 10)


def _stub(canvas: Any, x: float, y: float, wide: float, high: float) -> None:
    """The mark of the house: a small ticket with a bite out of either side."""
    canvas.setFillColor(MARQUEE)
    canvas.roundRect(x, y, wide, high, 2, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    for side in (x, x + wide):
        canvas.circle(side, y + high / 2, 2.6, stroke=0, fill=1)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.setDash(1.6, 1.6)
    canvas.line(x + wide * 0.68, y + 1, x + wide * 0.68, y + high - 1)
    canvas.setDash()


def _card(canvas: Any) -> None:
    """The outline with its tear line; the event's half is in the marquee's yellow."""
    outline = canvas.beginPath()
    outline.roundRect(LEFT, BOTTOM, RIGHT - LEFT, TOP - BOTTOM, CORNER)
    canvas.saveState()
    canvas.clipPath(outline, stroke=0, fill=0)
    canvas.setFillColor(MARQUEE)
    canvas.rect(LEFT, TEAR, RIGHT - LEFT, TOP - TEAR, stroke=0, fill=1)
    canvas.restoreState()
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.2)
    canvas.roundRect(LEFT, BOTTOM, RIGHT - LEFT, TOP - BOTTOM, CORNER, stroke=1, fill=0)
    canvas.setDash(1, 4)
    canvas.setLineCap(1)
    canvas.line(LEFT + NOTCH + 5, TEAR, RIGHT - NOTCH - 5, TEAR)
    canvas.setDash()
    for side, turn in ((LEFT, -90), (RIGHT, 90)):
        canvas.setFillColor(WHITE)
        canvas.setStrokeColor(WHITE)
        canvas.circle(side, TEAR, NOTCH, stroke=1, fill=1)
        canvas.setStrokeColor(INK)
        canvas.arc(side - NOTCH, TEAR - NOTCH, side + NOTCH, TEAR + NOTCH, turn, 180)


def _event(canvas: Any, ticket: TicketView) -> None:
    x, room = LEFT + PADDING, RIGHT - LEFT - 2 * PADDING
    canvas.setFillColor(INK)
    draw(canvas, x, TOP - 28, f"ADMIT ONE  ·  {clean(ticket.ticket_type).upper()}", SEMI_BOLD, 8.5, spacing=1.2)
    size, lines = fit(clean(ticket.event_name), EXTRA_BOLD, (34, 30, 26, 22, 18), room, lines_max=2)
    y = TOP - 34 - size * 0.9
    for line in lines:
        draw(canvas, x, y, line, EXTRA_BOLD, size)
        y -= size * 1.05
    starts, zone = ticket.starts_at, ticket.timezone
    hours = f"{spell.time(starts, zone)}"
    doors = f"Doors {spell.time(ticket.doors_at, zone)}  ·  " if ticket.doors_at else ""
    columns = (
        ("DATE", spell.date(starts, zone), f"{doors}Local time, {spell.zone(starts, zone)}"),
        ("STARTS", hours, ""),
        ("VENUE", ticket.venue_name, ticket.city),
    )
    for (label, value, below), left, wide in zip(columns, (0, 205, 275), (195, 60, room - 275), strict=True):
        _field(canvas, x + left, TEAR + 52, label, value, 14, wide)
        size, lines = fit(clean(below), REGULAR, (9.5, 8.5), wide)
        draw(canvas, x + left, TEAR + 20, lines[0], REGULAR, size)


def _place(canvas: Any, page: Page) -> None:
    ticket, x = page.ticket, LEFT + PADDING
    room = RIGHT - PADDING - QR_SIDE - 24 - x
    _field(canvas, x, TEAR - 28, "SECTION", ticket.section, 26, room)
    _field(canvas, x, TEAR - 82, "ROW", ticket.row, 34, room * 0.42)
    _field(canvas, x + room * 0.5, TEAR - 82, "SEAT", ticket.seat, 34, room * 0.48)
    facts = [f"{ticket.ticket_type}, {spell.money(ticket.face_value)}", ticket.order_id]
    if page.holder and clean(page.holder):
        facts.insert(0, page.holder)
    canvas.setFillColor(SOFT)
    size, lines = fit(clean("  ·  ".join(facts)), REGULAR, (9, 8, 7), room)
    draw(canvas, x, BOTTOM + 16, lines[0], REGULAR, size)


def _field(canvas: Any, x: float, y: float, label: str, value: str, size: float, room: float) -> None:
    """A small label with its value below, as large as the room allows."""
    canvas.setFillColor(SOFT if size > 20 else INK)
    draw(canvas, x, y, label, SEMI_BOLD, 7.5, spacing=1)
    canvas.setFillColor(INK)
    size, lines = fit(clean(value), EXTRA_BOLD, (size, size * 0.8, size * 0.62, size * 0.5), room)
    draw(canvas, x, y - size * 0.72 - 7, lines[0], EXTRA_BOLD, size)


def _qr(canvas: Any, code: str) -> None:
    """One filled path, so that no viewer shows seams between modules."""
    symbol = segno.make(code, error="m", boost_error=False, micro=False)
    rows = [bytes(row) for row in symbol.matrix]
    module = QR_SIDE / len(rows)
    x, y = RIGHT - PADDING - QR_SIDE, (TEAR + BOTTOM) / 2 + QR_SIDE / 2 + 6
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                path.rect(x + across * module, y - (down + 1) * module, module, module)
    canvas.setFillColor(HexColor("#000000"))
    canvas.drawPath(path, stroke=0, fill=1)
    caption = "Show this code at the gate"
    canvas.setFillColor(INK)
    middle = x + QR_SIDE / 2
    draw(canvas, middle - width(caption, SEMI_BOLD, 9) / 2, y - QR_SIDE - 14, caption, SEMI_BOLD, 9)


def _small_print(canvas: Any, ticket: TicketView) -> None:
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.7)
    canvas.setLineCap(0)
    canvas.setDash(4, 4)
    canvas.line(0, FOLD, PAGE_WIDTH, FOLD)
    canvas.setDash()
    half = (RIGHT - LEFT - 36) / 2
    for x, title, notes in ((LEFT, "At the gate", AT_THE_GATE), (LEFT + half + 36, "Good to know", TERMS)):
        y = FOLD - 46
        canvas.setFillColor(INK)
        draw(canvas, x, y, title, EXTRA_BOLD, 13)
        for note in notes:
            y -= 8
            _, lines = fit(note, REGULAR, (10,), half, lines_max=9)
            for line in lines:
                y -= 14
                draw(canvas, x, y, line, REGULAR, 10)
    canvas.setFillColor(SOFT)
    footer = f"Paper ticket {ticket.ticket_id}  ·  issued {spell.date(ticket.issued_at, 'UTC')}"
    draw(canvas, LEFT, 36, footer, REGULAR, 8)
