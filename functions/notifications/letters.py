"""What we write to buyers, one template a message: in full for mail, in a sentence for a phone's screen."""

from __future__ import annotations

from collections.abc import Callable

from catalog import Event
from kit import spell
from kit.money import Money
from notifications.layout import Part, SeatLine, button, heading, html, note, paragraph, seats, sum_up, text
from notifications.sending import Letter
from notifications.store import Message
from orders import Order, Reason
from tickets import ticket_id_of

REASONS: dict[Reason, str] = {
    "payment-declined": "Your bank declined the payment.",
    "authentication-required": "Your bank asked for a confirmation that this payment did not get.",
    "seats-lost": "The seats were no longer held for you when the payment arrived.",
    "hold-expired": "The time for which the seats were held ran out before the payment was done.",
    "not-accepted": "We could not accept this order.",
    "event-cancelled": "The event was cancelled before the payment was done.",
    "event-moved": "The event was moved to another date before the payment was done.",
    "technical": "Something went wrong on our side.",
}
DECLINES = {
    "insufficient_funds": "There is not enough money on the card.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The security code was not right.",
}
"""Only what a buyer can act on: of any other refusal a bank tells its customer more than us."""

BRIEF_MAX = 200
"""Characters: what a phone shows of a notification, and two parts of an SMS with its link."""


def write(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    """The letter for a message. `site` is the web client's address, without a slash at its end."""
    return TEMPLATES[message.message](message, order, event, name, site)


def _completed(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    tickets = [f"{site}/tickets/{ticket_id_of(order.order_id, seat_id)}" for seat_id in order.seat_ids]
    receipt = _page(order, site)
    noun = "tickets" if len(tickets) > 1 else "ticket"
    return _letter(
        f"Your {noun}: {event.name}, {_day(event)}",
        f"{len(tickets)} {noun}, {_day(event)}, {event.venue.name}. Download the PDF or open them on your phone.",
        receipt,
        heading(_greeting("You’re going", name), event.name, _facts(event)),
        button(f"Download PDF {noun}", receipt, also=(f"Open my {noun}", f"{site}/tickets")),
        paragraph("At the gate, show the code on your phone or on paper. Each code lets one person in, once."),
        seats(_seats(order, event, tickets)),
        _paid(order),
        paragraph(f"Order {order.order_id}", ("See your receipt", receipt)),
        note("You get this mail because tickets were bought with the account of this address."),
    )


def _failed(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    why = f"{REASONS[order.reason or 'technical']} {DECLINES.get(order.decline_code or '', '')}".strip()
    return _letter(
        f"Your order did not go through: {event.name}",
        f"{why} No money was kept.",
        _page(order, site),
        heading(_greeting("Your order did not go through", name), event.name, _facts(event)),
        paragraph(why),
        paragraph(
            "No money was kept. If your bank shows the amount as reserved, it is given back by itself, "
            "usually within a few days."
        ),
        button("Choose seats again", f"{site}/events/{order.event_id}"),
        seats(_seats(order, event, [])),
        *_ending(order, site),
    )


def _action_needed(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    return _letter(
        f"Confirm your payment: {event.name}",
        f"Your bank asks you to confirm {spell.money(order.fare.total)}. Your seats are held for five minutes.",
        _page(order, site),
        heading(_greeting("Your bank asks you to confirm", name), event.name, _facts(event)),
        paragraph(
            f"Before your bank lets {spell.money(order.fare.total)} go, it wants to be sure that it is you. "
            "Your seats are held for five minutes from now; after that the order ends and nothing is charged."
        ),
        button("Confirm the payment", _page(order, site)),
        paragraph("Have you confirmed already? Then there is nothing left to do."),
        *_ending(order, site),
    )


def _review_waiting(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    return _letter(
        f"We are looking at your order: {event.name}",
        "Somebody of ours is looking at your order, for ten minutes at most. Your seats are held meanwhile.",
        _page(order, site),
        heading(_greeting("We are looking at your order", name), event.name, _facts(event)),
        paragraph(
            "A few orders are looked at by a person before they are accepted. It takes ten minutes at most, your "
            "seats are held meanwhile, and nothing is charged before. We write to you as soon as it is decided."
        ),
        button("See your order", _page(order, site)),
        *_ending(order, site),
    )


def _refunded(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    amount = f" of {spell.money(message.amount)}" if message.amount else ""
    return _letter(
        f"Your refund: {event.name}",
        f"Your refund{amount} is on its way to the card you paid with.",
        _page(order, site),
        heading(_greeting("Your refund is on its way", name), event.name, _facts(event)),
        paragraph(
            f"We have sent back your refund{amount}, to the card you paid with. Banks take five to ten days to "
            "show it; if yours let the payment go before it was booked, it only disappears."
        ),
        button("See your order", _page(order, site)),
        *_ending(order, site),
    )


def _cancelled(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    back = f" {spell.money(message.amount)} goes back to the card you paid with." if message.amount else ""
    return _letter(
        f"Cancelled as you asked: {event.name}",
        f"Your tickets are cancelled.{back}",
        _page(order, site),
        heading(_greeting("Cancelled as you asked", name), event.name, _facts(event)),
        paragraph(f"The tickets you gave back do not open a gate any more, and their seats are on sale again.{back}"),
        button("See your order", _page(order, site)),
        *_ending(order, site),
    )


def _event_cancelled(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    return _letter(
        f"Cancelled: {event.name}, {_day(event)}",
        f"{event.name} on {_day(event)} does not take place. You get everything back; there is nothing to do.",
        _page(order, site),
        heading(_greeting("This event does not take place", name), event.name, _facts(event)),
        paragraph(
            "The organizer has cancelled the event. Everything you paid, fees included, goes back to the card you "
            "paid with. You need do nothing; we write again once the money has left us."
        ),
        button("See your order", _page(order, site), also=("See what else is on", site)),
        *_ending(order, site),
    )


def _event_moved(message: Message, order: Order, event: Event, name: str, site: str) -> Letter:
    return _letter(
        f"New date: {event.name}, {_day(event)}",
        f"{event.name} is now on {_day(event)}. Keep your tickets, or ask for your money back.",
        _page(order, site),
        heading(_greeting("This event has a new date", name), event.name, _facts(event)),
        paragraph(
            "Your tickets are good for the new date, with the same seats: to keep them you need do nothing. If you "
            "cannot come, open your order and choose the refund."
        ),
        button("Keep or give back", _page(order, site)),
        seats(_seats(order, event, [])),
        *_ending(order, site),
    )


TEMPLATES: dict[str, Callable[[Message, Order, Event, str, str], Letter]] = {
    "order-completed": _completed,
    "order-failed": _failed,
    "action-needed": _action_needed,
    "review-waiting": _review_waiting,
    "order-refunded": _refunded,
    "order-cancelled": _cancelled,
    "event-cancelled": _event_cancelled,
    "event-moved": _event_moved,
}


def _page(order: Order, site: str) -> str:
    return f"{site}/orders/{order.order_id}"


def _ending(order: Order, site: str) -> tuple[Part, Part]:
    return (
        paragraph(f"Order {order.order_id}", ("See this order", _page(order, site))),
        note("You get this mail because an order was placed with the account of this address."),
    )


def _letter(subject: str, brief: str, url: str, *parts: Part) -> Letter:
    subject = spell.line(subject, 150)
    return Letter(subject, html(subject, brief, parts), text(parts), spell.line(brief, BRIEF_MAX), url)


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
