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
from tickets.lettering import EXTRA_BOLD, REGULAR, SEMI_BOLD, draw, fit, width
from tickets.ticket_view import TicketView

INK, SOFT, LINE, MARQUEE, WHITE = map(HexColor, ("#14151c", "#5b5e6b", "#c9cad0", "#ffc93c", "#ffffff"))
PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT = 40.0, PAGE_WIDTH - 40
FOLD = PAGE_HEIGHT / 2
TOP, TEAR, BOTTOM = PAGE_HEIGHT - 60, PAGE_HEIGHT - 220, FOLD + 16
PADDING, CORNER, NOTCH = 24.0, 14.0, 8.0
QR_SIDE, QR_QUIET = 142.0, 16.0
"""The symbol needs four of its modules free on every side, which is 12.6."""
AT_THE_GATE = (
    "Show this code at the gate; only one entry. Whoever comes first with it is let in, any copy after that "
    "is refused: keep it to yourself.",
    "On paper, print the page at full size. On a screen, turn up the brightness.",
    "The same ticket is in your account, where it is always up to date.",
)
TERMS = (
    "This ticket admits one person to the seat and event named above.",
    "Refunds and changes follow the organizer's policy for this event.",
    "Times can change: look at the event's page before you set out.",
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
    canvas.setTitle(f"Tickets: {spell.line(pages[0].ticket.event_name)}")
    canvas.setCreator("Boxoffice")
    for number, page in enumerate(pages, start=1):
        heading(canvas, f"Ticket {number} of {len(pages)}")
        _card(canvas)
        _event(canvas, page.ticket)
        _place(canvas, page)
        _qr(canvas, page.code)
        _small_print(canvas, page.ticket)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def heading(canvas: Any, right: str) -> None:
    """The house's name at the head of a page, and what page it is."""
    y = PAGE_HEIGHT - 43
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
    name, starts, zone = spell.line(ticket.event_name), ticket.starts_at, ticket.timezone
    canvas.setFillColor(INK)
    draw(canvas, x, TOP - 27, f"ADMIT ONE  ·  {spell.line(ticket.ticket_type).upper()}", SEMI_BOLD, 8.5, spacing=1.2)
    if width(name, EXTRA_BOLD, 30) <= room:
        _lines(canvas, x, TOP - 68, name, (36, 33, 30), room, lines_max=1)
    else:
        _lines(canvas, x, TOP - 56, name, (25, 22, 19, 16), room, lines_max=2)
    hours = f"Doors {spell.time(ticket.doors_at, zone)}  ·  Local time, {spell.zone(starts, zone)}"
    columns = (
        (0, 200, "DATE", spell.date(starts, zone), hours),
        (215, 60, "STARTS", spell.time(starts, zone), ""),
        (290, room - 290, "VENUE", spell.line(ticket.venue_name), spell.line(ticket.city)),
    )
    for left, wide, label, value, below in columns:
        draw(canvas, x + left, TEAR + 62, label, SEMI_BOLD, 7.5, spacing=1)
        two_lines = width(value, EXTRA_BOLD, 12) > wide
        y = _lines(canvas, x + left, TEAR + 46, value, (10, 9) if two_lines else (14, 12), wide, lines_max=2)
        _, lines = fit(below, REGULAR, (9.5, 8.5), wide)
        draw(canvas, x + left, y - 1, lines[0], REGULAR, 9.5)


def _place(canvas: Any, page: Page) -> None:
    ticket, x = page.ticket, LEFT + PADDING
    room = RIGHT - QR_QUIET - QR_SIDE - 24 - x
    rest = room * 0.5
    _field(canvas, x, TEAR - 28, "SECTION", ticket.section, (30, 26, 22, 18, 14), room)
    if ticket.row or ticket.seat:
        _field(canvas, x, TEAR - 84, "ROW", ticket.row, (38, 30, 22, 14), rest - 10)
        _field(canvas, x + rest, TEAR - 84, "SEAT", ticket.seat, (38, 30, 22, 14), rest)
    else:
        _field(canvas, x, TEAR - 84, "PLACE", "General admission", (26, 20), room)
    facts = (page.holder or "", f"{ticket.ticket_type}, {spell.money(ticket.face_value)}", ticket.order_id)
    _, lines = fit("  ·  ".join(filter(None, map(spell.line, facts))), REGULAR, (9, 8, 7), room)
    canvas.setFillColor(SOFT)
    draw(canvas, x, BOTTOM + 18, lines[0], REGULAR, 9)


def _field(canvas: Any, x: float, y: float, label: str, value: str, sizes: tuple[float, ...], room: float) -> None:
    """A small label with its value below, as large as the room allows."""
    canvas.setFillColor(SOFT)
    draw(canvas, x, y, label, SEMI_BOLD, 7.5, spacing=1)
    canvas.setFillColor(INK)
    size, lines = fit(spell.line(value), EXTRA_BOLD, sizes, room)
    draw(canvas, x, y - size * 0.72 - 7, lines[0], EXTRA_BOLD, size)


def _lines(
    canvas: Any, x: float, y: float, text: str, sizes: tuple[float, ...], room: float, *, lines_max: int
) -> float:
    """Text from the baseline y downwards; the baseline that follows."""
    size, lines = fit(text, EXTRA_BOLD, sizes, room, lines_max)
    for line in lines:
        draw(canvas, x, y, line, EXTRA_BOLD, size)
        y -= size * 1.12
    return y


def _qr(canvas: Any, code: str) -> None:
    """One filled path, so that no viewer shows seams between modules."""
    symbol = segno.make(code, error="m", boost_error=False, micro=False)
    rows = [bytes(row) for row in symbol.matrix]
    module = QR_SIDE / len(rows)
    x, y = RIGHT - QR_QUIET - QR_SIDE, TEAR - QR_QUIET
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
    draw(canvas, middle - width(caption, SEMI_BOLD, 9) / 2, y - QR_SIDE - 20, caption, SEMI_BOLD, 9)


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
