"""What we write to buyers: about the order that went through, and the one that did not."""

from __future__ import annotations

from catalog import Event
from kit import spell
from kit.money import Money
from notifications.layout import Part, SeatLine, button, heading, html, note, paragraph, seats, sum_up, text
from notifications.mail import Letter
from orders import Order, Reason
from tickets import ticket_id_of

REASONS: dict[Reason, str] = {
    "payment-declined": "Your bank declined the payment.",
    "authentication-required": "Your bank asked for a confirmation that this payment did not get.",
    "seats-lost": "The seats were no longer held for you when the payment arrived.",
    "hold-expired": "The time for which the seats were held ran out before the payment was done.",
    "not-accepted": "We could not accept this order.",
    "technical": "Something went wrong on our side.",
}
DECLINES = {
    "insufficient_funds": "There is not enough money on the card.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The security code was not right.",
}
"""Only what a buyer can act on: of any other refusal a bank tells its customer more than us."""


def write(order: Order, event: Event, name: str, site: str) -> Letter:
    """The letter about how the order ended. `site` is the web client's address, without a slash at its end."""
    return (_completed if order.status == "completed" else _failed)(order, event, name, site)


def _completed(order: Order, event: Event, name: str, site: str) -> Letter:
    tickets = [f"{site}/tickets/{ticket_id_of(order.order_id, seat_id)}" for seat_id in order.seat_ids]
    receipt = f"{site}/orders/{order.order_id}"
    noun = "tickets" if len(tickets) > 1 else "ticket"
    return _letter(
        f"Your {noun}: {event.name}, {_day(event)}",
        f"{len(tickets)} {noun}, {_day(event)}, {event.venue.name}. Download the PDF or open them on your phone.",
        heading(_greeting("You’re going", name), event.name, _facts(event)),
        button(f"Download PDF {noun}", receipt, also=(f"Open my {noun}", f"{site}/tickets")),
        paragraph("At the gate, show the code on your phone or on paper. Each code lets one person in, once."),
        seats(_seats(order, event, tickets)),
        _paid(order),
        paragraph(f"Order {order.order_id}", ("See your receipt", receipt)),
        note("You get this mail because tickets were bought with the account of this address."),
    )


def _failed(order: Order, event: Event, name: str, site: str) -> Letter:
    why = f"{REASONS[order.reason or 'technical']} {DECLINES.get(order.decline_code or '', '')}".strip()
    return _letter(
        f"Your order did not go through: {event.name}",
        f"{why} No money was kept.",
        heading(_greeting("Your order did not go through", name), event.name, _facts(event)),
        paragraph(why),
        paragraph(
            "No money was kept. If your bank shows the amount as reserved, it is given back by itself, "
            "usually within a few days."
        ),
        button("Choose seats again", f"{site}/events/{order.event_id}"),
        seats(_seats(order, event, [])),
        paragraph(f"Order {order.order_id}", ("See this order", f"{site}/orders/{order.order_id}")),
        note("You get this mail because an order was placed with the account of this address."),
    )


def _letter(subject: str, preview: str, *parts: Part) -> Letter:
    subject = spell.line(subject, 150)
    return Letter(subject, html(subject, preview, parts), text(parts))


def _greeting(words: str, name: str) -> str:
    return f"{words}, {spell.line(name, 60)}" if spell.line(name) else words


def _day(event: Event) -> str:
    return spell.date(event.starts_at, event.venue.timezone)


def _facts(event: Event) -> list[str]:
    zone = event.venue.timezone
    starts = f"{spell.time(event.starts_at, zone)} {spell.zone(event.starts_at, zone)}"
    return [
        _day(event),
        f"{starts}, doors {spell.time(event.doors_at, zone)}",
        f"{event.venue.name}, {event.venue.city}",
    ]


def _seats(order: Order, event: Event, urls: list[str]) -> list[SeatLine]:
    kinds = {kind.id: kind.label for kind in event.pricing.ticket_types}
    prices = {line.seat_id: spell.money(line.face_value) for line in order.fare.lines}
    return [
        SeatLine(
            place=_place(seat.section, seat.row, seat.seat),
            kind=kinds.get(seat.ticket_type_id, seat.ticket_type_id),
            price=prices[seat.seat_id],
            url=urls[i] if urls else None,
        )
        for i, seat in enumerate(order.seats)
    ]


def _place(section: str, row: str, seat: str) -> str:
    """General admission has neither row nor seat."""
    return f"{section}, row {row}, seat {seat}" if row or seat else f"{section}, general admission"


def _paid(order: Order) -> Part:
    fare = order.fare
    faces = sum((line.face_value for line in fare.lines), Money(0, fare.currency))
    lines = [("Tickets", spell.money(faces))] + [(fee.label, spell.money(fee.amount)) for fee in fare.fees]
    below = ""
    if fare.tax and fare.tax.included:
        below = f"All-in price. Includes {fare.tax.label}: {spell.money(fare.tax.amount)}."
    elif fare.tax:
        lines.append((fare.tax.label, spell.money(fare.tax.amount)))
    return sum_up(lines, ("Total paid", spell.money(fare.total)), below)
