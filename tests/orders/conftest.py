"""An empty account, and orders that were accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kit import ids, settings
from kit.money import Money
from kit.table import Transaction
from orders import Delivery, Order, OrderedSeat, store
from orders.order import LEASE
from pricing import Fare, FareLine
from tests import harness

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with harness.aws():
        pool = settings.client("cognito-idp").create_user_pool(PoolName="people")["UserPool"]
        monkeypatch.setenv("USER_POOL_ID", pool["Id"])
        yield


def accepted(person: str = "ada", key: str = "key-1", at: datetime = NOON) -> Order:
    """An order as it is right after its acceptance, with two seats."""
    seats = [OrderedSeat(f"stalls-3-{i}", "Stalls", "D", str(i + 1), "adult") for i in (4, 5)]
    fare = Fare(
        lines=[FareLine(seat.seat_id, "adult", Money(4500, "EUR")) for seat in seats],
        fees=[],
        tax=None,
        total=Money(9000, "EUR"),
        currency="EUR",
        expires_at=at + timedelta(minutes=5),
    )
    order = Order(
        order_id=ids.derived("ord", person, key),
        person_id=person,
        event_id="evt_0000000000000001",
        hold_id="hld_0000000000000001",
        status="pending",
        seats=seats,
        fare=fare,
        delivery=Delivery(),
        created_at=at,
        updated_at=at,
        lease_ends_at=at + LEASE,
    )
    transaction = Transaction()
    store.add(transaction, order)
    transaction.commit()
    return order
