"""IssueTickets: one ticket a seat, however often it runs and wherever it breaks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import harness
from tests.tickets.conftest import NOON, TWO_SEATS, an_event, an_order, issued
from tickets import list_tickets, store
from tickets.issue_tickets import OrderEnded
from tickets.store import TicketItem

pytestmark = pytest.mark.usefixtures("aws")


def mine(person: str = "ada") -> list[dict[str, object]]:
    _, page, _ = harness.call(list_tickets, person=person)
    tickets: list[dict[str, object]] = page["tickets"]
    return tickets


def test_a_seat_becomes_a_ticket_of_its_buyer() -> None:
    order = an_order(an_event())
    ticket_ids = issued(order)
    shown = {ticket["ticketId"]: ticket for ticket in mine()}
    assert set(shown) == set(ticket_ids)
    first = shown[ticket_ids[0]]
    assert (first["section"], first["row"], first["seat"], first["ticketType"]) == ("Stalls", "D", "5", "Adult")
    assert (first["orderId"], first["status"]) == (order.order_id, "active")
    assert first["faceValue"] == {"amount": 4500, "currency": "EUR"}


def test_again_is_the_same() -> None:
    order = an_order(an_event())
    first, before = issued(order), mine()
    assert issued(order, NOON + timedelta(hours=1)) == first
    assert mine() == before


def test_a_try_that_broke_off_is_filled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    order, saved = an_order(an_event()), TicketItem.save

    def save_one_then_break(item: TicketItem, **how: object) -> object:
        monkeypatch.setattr(TicketItem, "save", refuse)
        return saved(item, **how)  # type: ignore[arg-type]

    def refuse(item: TicketItem, **how: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(TicketItem, "save", save_one_then_break)
    with pytest.raises(TimeoutError):
        issued(order)
    assert len(mine()) == 1
    monkeypatch.setattr(TicketItem, "save", saved)
    issued(order, NOON + timedelta(minutes=1))
    assert sorted(str(ticket["issuedAt"]) for ticket in mine()) == ["2030-06-01T12:00:00Z", "2030-06-01T12:01:00Z"]


def test_what_became_of_a_ticket_is_not_undone() -> None:
    order = an_order(an_event())
    voided, given_away = issued(order)
    TicketItem(f"T#{voided}", store.TICKET).update([TicketItem.status.set("void")])
    TicketItem(f"T#{given_away}", store.TICKET).update([TicketItem.person_id.set("bob"), TicketItem.version.set(2)])
    issued(order)
    assert [(ticket["ticketId"], ticket["status"]) for ticket in mine()] == [(voided, "void")]
    assert [ticket.version for ticket in store.find([given_away], "bob")] == [2]


def test_a_failed_order_gets_no_tickets() -> None:
    order = an_order(an_event(), status="failed")
    with pytest.raises(OrderEnded):
        issued(order)
    assert mine() == []


def test_orders_of_the_same_seat_have_tickets_of_their_own() -> None:
    event = an_event()
    ids = issued(an_order(event)) + issued(an_order(event, person="bob", seats=TWO_SEATS))
    assert len(set(ids)) == 4
