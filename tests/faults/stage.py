"""One purchase of two seats in a small house, and everything that can be asked about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from inventory import Purchase
from kit import ids
from orders.order import LEASE, Order
from orders.store import find
from payments import Payment, get_payment
from tests.faults.auditor import Audit
from tests.faults.machine import Execution, Failed
from tests.faults.trouble import Fault
from tests.faults.world import World
from tests.inventory import house

TWO = ["stalls-0-4", "balcony-0-3"]
"""In two rows of two sections, so that all or none is a question of two items."""
SWEPT_SECONDS = 4500.0
REST_SECONDS = 4 * 86_400.0
DECLINED = "pm_card_chargeDeclinedInsufficientFunds"
WARNED = "pm_card_createIssuerFraudRecord"
RETRIES = (5.0, 40.0, 120.0)


class Stage:
    """Ada holds two seats. The sweepers come every minute."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.event_id = house.open_event(now=world.clock.now)
        self.hold_id = self.hold("ada", TWO)
        world.schedules(SWEPT_SECONDS)

    # What people do.

    def hold(self, person: str, seats: list[str]) -> str:
        """The id of a hold, or the word that refused it."""
        body = {"eventId": self.event_id, "seatIds": seats}
        status, answer = self.world.call("POST /seats/hold", "inventory.hold_seats", person, body=body)
        return str(answer["holdId"]) if status == 201 else house.word(answer)

    def post(self, key: str = "first", card: str = "pm_card_visa", **changes: Any) -> tuple[int, Any]:
        """POST /orders; 500 and nothing where the function ends without an answer."""
        person = changes.pop("person", "ada")
        body = changes.pop("raw", None) or {"holdId": self.hold_id, "paymentInfo": {"paymentMethodId": card}} | changes
        headers = {"idempotency-key": key}
        try:
            return self.world.call("POST /orders", "orders.start_purchase", person, body=body, headers=headers)
        except Failed:
            return 500, None

    def buy(self, key: str = "first", card: str = "pm_card_visa") -> str:
        """An accepted order, by somebody who tries again with the same key."""
        for pause in (*RETRIES, 0.0):
            status, answer = self.post(key, card)
            if status == 202:
                return str(answer["orderId"])
            assert status in (409, 500, 503), answer
            self.world.run(pause)
        raise AssertionError("never accepted")

    def look(self, order_id: str, person: str = "ada") -> Any:
        """GET /orders/{orderId}, as the page does until it has ended."""
        route, path = "GET /orders/{orderId}", {"orderId": order_id}
        return self.world.call(route, "orders.show_order", person, path=path)[1]

    def tickets(self, person: str = "ada") -> list[str]:
        _, page = self.world.call("GET /tickets", "tickets.list_tickets", person)
        return sorted(ticket["seat"] for ticket in page["tickets"] if ticket["status"] == "active")

    def answer_review(self, order_id: str, decision: str) -> int:
        route, path = "POST /operator/reviews/{orderId}", {"orderId": order_id}
        body = {"decision": decision}
        return self.world.call(route, "orders.answer_review", "olaf", groups=("operator",), path=path, body=body)[0]

    # What goes wrong.

    def fault(self, how: str, during: str = "*", call: str = "*", times: int = 1, skip: int = 0) -> None:
        self.world.trouble.plan(Fault(how, during, call, times, skip))

    def meanwhile(self, during: str, call: str, act: Callable[[], object]) -> None:
        """Something happens just before a call."""
        self.world.meanwhile.append((during, call, act))

    def run(self, seconds: float = 900.0) -> None:
        self.world.run(seconds)

    def try_step(self, state: str, document: dict[str, Any]) -> str:
        """A step by hand; the name of the error it ended with, or nothing."""
        try:
            self.world.step(state, {"step": state, **document})
        except Failed as failed:
            return failed.error
        return ""

    # What is there.

    @property
    def now(self) -> datetime:
        return self.world.clock.now

    def order(self, order_id: str) -> Order:
        order = find(order_id)
        assert order is not None
        return order

    def ended(self, order_id: str) -> tuple[str, str | None]:
        order = self.order(order_id)
        return order.status, order.reason

    def payment(self, order_id: str) -> Payment:
        payment = get_payment(order_id)
        assert payment is not None
        return payment

    def execution(self, order_id: str) -> Execution:
        return self.world.machine().executions[order_id]

    def input_of(self, order_id: str) -> dict[str, Any]:
        order = self.order(order_id)
        names = {"orderId": order_id, "eventId": order.event_id, "personId": order.person_id, "holdId": order.hold_id}
        return {**names, "seatIds": order.seat_ids, "leaseEndsAt": order.lease_ends_at.isoformat()}

    def purchase_of(self, order_id: str) -> Purchase:
        order = self.order(order_id)
        return Purchase(order_id, order.event_id, order.person_id, order.hold_id, order.seat_ids, order.lease_ends_at)

    def intents(self, order_id: str) -> list[tuple[str, int, int]]:
        """Stripe's side: status, set aside, taken."""
        return [
            (one["status"], one["amount_capturable"], one["amount_received"])
            for one in self.world.bank.all("payment_intent")
            if one["metadata"].get("order_id") == order_id
        ]

    def intent(self, order_id: str) -> dict[str, Any]:
        [found] = [one for one in self.world.bank.all("payment_intent") if one["metadata"].get("order_id") == order_id]
        return dict(found)

    def keys(self, path: str) -> list[str | None]:
        """The idempotency keys of calls to Stripe."""
        return [key for called, key, _ in self.world.bank.log if called == path]

    def slots(self, kind: str) -> int:
        """How many of the two seats are `sold` or `held` at this moment."""
        now_ms = int(self.now.timestamp() * 1000)
        rows = {item["pk"]["S"]: item for item in self.world.tables.scan("inventory")}
        places = [seat.rsplit("-", 1) for seat in TWO]
        values = [bytes(rows[self._row(place)][f"s{slot}"]["B"]) for place, slot in places]
        sold = sum(value[:6] == b"\xff" * 6 for value in values)
        held = sum(int.from_bytes(value[:6], "big") > now_ms for value in values) - sold
        return sold if kind == "sold" else held

    @property
    def row(self) -> str:
        """Of the first of the two seats."""
        return self._row(TWO[0].rpartition("-")[0])

    def _row(self, place: str) -> str:
        return f"R#{self.event_id}#{place.replace('-', '#')}"

    def seats(self) -> dict[str, Any]:
        """Both rows and Ada's claim, without the rows' versions."""
        ours = {"P#ada", *(self._row(seat.rpartition("-")[0]) for seat in TWO)}
        items = [item for item in self.world.tables.scan("inventory") if item["pk"]["S"] in ours]
        return {item["pk"]["S"]: {name: value for name, value in item.items() if name != "ver"} for item in items}

    def mails(self, person: str = "ada") -> list[str]:
        return [mail["message"] for mail in self.world.services.mails if mail["to"].startswith(f"{person}@")]

    def held_event(self, kind: str, order_id: str) -> dict[str, Any]:
        """One of the webhooks that are kept back."""
        assert self.world.deliveries.held is not None
        return next(
            event
            for event in self.world.deliveries.held
            if event["type"] == kind and event["data"]["object"].get("metadata", {}).get("order_id") == order_id
        )

    def dead_letters(self) -> list[str]:
        """Takes them out, for a test that wants them there: by queue or stream."""
        found, self.world.deliveries.dead_letters[:] = [name for name, _ in self.world.deliveries.dead_letters], []
        return found

    def is_completed(self, order_id: str) -> bool:
        """Money taken once, both seats sold, two tickets, one mail."""
        payment, paid = self.payment(order_id), self.order(order_id).fare.total.amount
        return (
            self.ended(order_id) == ("completed", None)
            and (payment.state, self.slots("sold"), len(self.tickets())) == ("captured", 2, 2)
            and [one for one in self.intents(order_id) if one[0] != "canceled"] == [("succeeded", 0, paid)]
        )

    def is_undone(self, order_id: str, reason: str) -> bool:
        """No money kept or set aside, no seat, no ticket; both seats can be had at once."""
        return (
            self.ended(order_id) == ("failed", reason)
            and not self.tickets()
            and self.slots("sold") == self.slots("held") == 0
            and all(status in ("canceled", "requires_payment_method") for status, *_ in self.intents(order_id))
            and self.hold("zoe", TWO).startswith("hld_")
        )

    def rest(self) -> list[str]:
        """What the auditor has to say once all trouble is over."""
        self.world.trouble.clear()
        self.run(REST_SECONDS)
        return Audit(self.world).violations()


def order_id_of(person: str, key: str) -> str:
    return ids.derived("ord", person, key)


LEASE_SECONDS = LEASE.total_seconds()
