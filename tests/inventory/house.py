"""A small house and its event, for tests: two rows of stalls, a balcony with an aisle, a standing floor."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from catalog import drawings
from catalog import store as catalog_store
from catalog.charts import Category, Chart, FocalPoint, Row, Seat, Section, encode, hash_of
from catalog.events import Event, PriceRange, Venue
from inventory import lately, project_seats
from kit import ids, settings
from kit.money import Money
from pricing import Fee, Pricing, Tax, TicketType
from tests import harness

NOON = datetime(2030, 5, 4, 12, tzinfo=UTC)
LEASE = timedelta(minutes=10)
PRICING = Pricing(
    currency="EUR",
    ticket_types=[TicketType("adult", "Adult"), TicketType("child", "Child")],
    prices={
        "best": {"adult": 8000, "child": 4000},
        "good": {"adult": 5000, "child": 2500},
        "stand": {"adult": 3000, "child": 3000},
    },
    fees=[Fee("booking", "Booking fee", "order", amount=200)],
    tax=Tax("VAT", 700, included=True),
)


def chart(name: str = "Small house", floor: int = 60) -> Chart:
    """Seat order: stalls 0-0 … 0-9, 1-0 … 1-9, balcony 0-0 … 0-5, then the floor."""
    square = [(0.0, 0.0), (60.0, 0.0), (60.0, 60.0), (0.0, 60.0)]
    return Chart(
        name=name,
        width=100,
        height=100,
        focal_point=FocalPoint(25, 0),
        categories=[Category(key, key.title(), "#123456") for key in ("best", "good", "stand")],
        shapes=[],
        sections=[
            Section("stalls", "Stalls", "best", square, [_row("A", 10), _row("B", 20)]),
            Section("balcony", "Balcony", "good", square, [_balcony()]),
            Section("floor", "Floor", "stand", square, capacity=floor),
        ],
    )


def open_event(sold_chart: Chart | None = None, *, on_sale: bool = True, now: datetime = NOON, **changes: Any) -> str:
    """An event in the catalog, with its seats; answers its id. `changes` are the event's own fields."""
    sold_chart = sold_chart or chart()
    canonical = encode(sold_chart)
    chart_hash = hash_of(canonical)
    drawings.save_chart(chart_hash, canonical, b"", sold_chart, now, "organizer")
    event = Event(
        event_id=ids.new("evt", now),
        name="Evening",
        artist="The Band",
        category="music",
        description="",
        image_url=None,
        venue=Venue("ven_0000000000000001", "House", "Bonn", "DE", "Europe/Berlin", 50.7, 7.1),
        starts_at=now + timedelta(days=30),
        doors_at=now + timedelta(days=30) - timedelta(hours=1),
        on_sale_at=now - timedelta(days=1),
        sale_ends_at=now + timedelta(days=30),
        status="scheduled",
        availability="unknown",
        currency="EUR",
        pricing=PRICING,
        price_range=PriceRange(Money(2700, "EUR"), Money(8200, "EUR")),
        limit_per_person=8,
        lease_seconds=int(LEASE.total_seconds()),
        chart_hash=chart_hash,
        seat_map_url=f"/charts/{chart_hash}.json",
        seat_count=0,
    )
    event = msgspec.structs.replace(event, **changes)
    catalog_store.add_event(event, "asked")
    if on_sale:
        status, answer, _ = put_on_sale(event.event_id, now)
        assert status == 200, answer
    return event.event_id


def put_on_sale(event_id: str, now: datetime = NOON) -> tuple[int, Any, dict[str, str]]:
    return harness.call(
        "inventory.put_on_sale",
        path={"eventId": event_id},
        person="olga",
        groups=["organizer"],
        now=now,
    )


def hold(
    event_id: str,
    seat_ids: Sequence[str] | None = None,
    *,
    person: str = "ada",
    now: datetime = NOON,
    key: str | None = None,
    **body: Any,
) -> tuple[int, Any]:
    """POST /seats/hold; answers (status, JSON)."""
    wanted = {"eventId": event_id, **({"seatIds": list(seat_ids)} if seat_ids is not None else {}), **body}
    headers = {"idempotency-key": key} if key else {}
    status, answer, _ = harness.call("inventory.hold_seats", body=wanted, person=person, now=now, headers=headers)
    return status, answer


def show(hold_id: str, *, person: str = "ada", now: datetime = NOON) -> tuple[int, Any]:
    status, answer, _ = harness.call("inventory.show_hold", path={"holdId": hold_id}, person=person, now=now)
    return status, answer


def release(hold_id: str, *, person: str = "ada", now: datetime = NOON) -> tuple[int, Any]:
    status, answer, _ = harness.call("inventory.release_hold", path={"holdId": hold_id}, person=person, now=now)
    return status, answer


def word(problem: Any) -> str:
    """The stable word of a problem."""
    assert "type" in problem, f"no problem: {problem}"
    return str(problem["type"].rpartition("/")[2])


def _row(label: str, y: float) -> Row:
    return Row(label, [Seat(str(number + 1), 5.0 * number, y) for number in range(10)])


def _balcony() -> Row:
    """Three seats, an aisle, three more; the first is for a wheelchair, the second for its companion."""
    across = [0.0, 5.0, 10.0, 30.0, 35.0, 40.0]
    kinds: list[Any] = [{"accessible": True}, {"companion": True}, {}, {}, {}, {"restricted_view": True}]
    return Row("C", [Seat(str(n + 1), x, 50, **kind) for n, (x, kind) in enumerate(zip(across, kinds, strict=True))])


def rows_now() -> dict[str, dict[str, Any]]:
    """The row items as they stand, by partition key, as the table spells them."""
    page = settings.client("dynamodb").scan(TableName="test-inventory")
    return {item["pk"]["S"]: item for item in page["Items"] if item["sk"]["S"] == "row"}


def records(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Stream records, as Lambda gets them, for the rows that differ."""
    return [
        {
            "eventName": "MODIFY",
            "dynamodb": {
                "SequenceNumber": str(number),
                "NewImage": _as_json(item),
                "OldImage": _as_json(before[pk]),
            },
        }
        for number, (pk, item) in enumerate(after.items())
        if item != before[pk]
    ]


def project(stream: Sequence[dict[str, Any]], now: datetime = NOON) -> None:
    """Feed the projector, and let the functions look at the map anew."""
    lately.forget()
    with harness.at(now):
        answer = project_seats.handler({"Records": list(stream)}, harness.CONTEXT)
    assert answer == {"batchItemFailures": []}


def free_seats(event_id: str, now: datetime = NOON) -> str:
    """The map as 0s and 1s in seat order."""
    _, answer, _ = harness.call("inventory.show_availability", path={"eventId": event_id}, now=now)
    raw = base64.b64decode(answer["availabilityBitmap"])
    return "".join(format(byte, "08b") for byte in raw)


def _as_json(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }
