"""An empty account, an event, and orders for its seats."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from catalog import Event, Venue
from catalog import store as catalog_store
from catalog.events import NewEvent, scheduled
from kit import ids, settings
from kit.money import Money
from kit.table import Transaction
from orders import Delivery, Order, OrderedSeat, Status
from orders import store as orders_store
from pricing import Fare, FareFee, FareLine, FareTax, Pricing, Tax, TicketType
from tests import harness
from tickets import issue_tickets

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
TWO_SEATS = (
    OrderedSeat("stalls-3-4", "Stalls", "D", "5", "adult"),
    OrderedSeat("stalls-3-5", "Stalls", "D", "6", "child"),
)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with harness.aws():
        pool = settings.client("cognito-idp").create_user_pool(PoolName="people")["UserPool"]["Id"]
        monkeypatch.setenv("USER_POOL_ID", pool)
        yield


def a_person(person: str, name: str = "", email: str = "", verified: bool = True) -> None:
    """Somebody in the user pool."""
    attributes = {"email": email or f"{person}@example.test", "email_verified": str(verified).lower()}
    if name:
        attributes["name"] = name
    settings.client("cognito-idp").admin_create_user(
        UserPoolId=os.environ["USER_POOL_ID"],
        Username=person,
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )


def an_event(name: str = "The Night Parade", days_ahead: int = 30, venue: str = "Kulturhuset") -> Event:
    """An event in Stockholm, in the catalog."""
    new = NewEvent(
        name=name,
        artist="Parade",
        category="concert",
        venue_id="ven_0000000000000001",
        chart_hash="0" * 64,
        starts_at=NOON + timedelta(days=days_ahead),
        on_sale_at=NOON,
        pricing=Pricing(
            currency="EUR",
            ticket_types=[TicketType("adult", "Adult"), TicketType("child", "Child")],
            prices={"all": {"adult": 4500, "child": 2000}},
            fees=[],
            tax=Tax("VAT", 700, included=True),
        ),
    )
    where = Venue("ven_0000000000000001", venue, "Stockholm", "SE", "Europe/Stockholm", 59.33, 18.06)
    event = scheduled(new, ids.derived("evt", name, str(days_ahead)), where, new.artist or "", NOON)
    catalog_store.add_event(event, "asked")
    return event


def an_order(
    event: Event,
    person: str = "ada",
    seats: Sequence[OrderedSeat] = TWO_SEATS,
    status: Status = "pending",
) -> Order:
    """An accepted order, or one that has ended."""
    fare = Fare(
        lines=[FareLine(seat.seat_id, seat.ticket_type_id, Money(4500, "EUR")) for seat in seats],
        fees=[FareFee("service", "Service fee", Money(300, "EUR"))],
        tax=FareTax("VAT", Money(608, "EUR"), included=True),
        total=Money(4500 * len(seats) + 300, "EUR"),
        currency="EUR",
        expires_at=NOON,
    )
    order = Order(
        order_id=ids.derived("ord", person, event.event_id, seats[0].seat_id),
        person_id=person,
        event_id=event.event_id,
        hold_id="hld_0000000000000001",
        status="pending",
        seats=list(seats),
        fare=fare,
        delivery=Delivery(),
        created_at=NOON,
        updated_at=NOON,
        lease_ends_at=NOON + timedelta(minutes=15),
    )
    transaction = Transaction()
    orders_store.add(transaction, order)
    transaction.commit()
    if status == "completed":
        orders_store.move(order, status, NOON, tell="order-completed")
    elif status == "failed":
        orders_store.move(
            order, status, NOON, tell="order-failed", reason="payment-declined", decline_code="expired_card"
        )
    return orders_store.get(order.order_id)


def issued(order: Order, now: datetime = NOON) -> list[str]:
    """The order's tickets, by the saga's own step."""
    answer = harness.run_step(issue_tickets, "IssueTickets", {"orderId": order.order_id}, now)
    ticket_ids: list[str] = answer["ticketIds"]
    return ticket_ids
