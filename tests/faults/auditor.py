"""What must be true of any history once everything is quiet: the invariants of a purchase, by their numbers.

I18 (scans), I19 (resale), I20 (waiting room) and I26 (the map) are audited where those are built.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from fraud.store import DECISION
from kit import ids
from orders.order import MOVES, OPEN
from payments.payment import State
from tests.faults.world import World

LIMIT = 8
SOLD, FREE = b"\xff" * 6, b"\x00" * 6
WITHOUT = ("failed", "cancelled")
"""Orders to which no seat is sold; a refund made for another reason leaves the seats where they are."""
ENDED_SOLD = ("completed", "refunded", "cancelled")
LIVE = ("requires_capture", "requires_action", "requires_confirmation", "processing")
SECRETS = ("sk_test_", "whsec_", "_secret_", "pm_", "@example.com", "eyJ")


class Audit:
    """A look at everything; `violations` names each rule that is broken, and by whom."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read_tables()
        self._read_bank()

    def violations(self) -> list[str]:
        found = [*self._seats(), *self._people(), *self._pasts(), *self._messages(), *self._secrets()]
        for order_id, order in self.orders.items():
            found += [f"{rule} {order_id} ({order['status']}): {what}" for rule, what in self._order(order_id, order)]
        strangers = self.intents.keys() - self.orders.keys()
        return found + [f"I8 {order_id}: charged, but there is no such order" for order_id in strangers]

    def double_charges(self) -> list[str]:
        """Orders for which the buyer's card was asked for more than they cost."""
        return [
            order_id
            for order_id, intents in self.intents.items()
            if sum(one["amount_capturable"] + one["amount_received"] for one in intents) > self.price(order_id)
        ]

    def price(self, order_id: str) -> int:
        return int(self.orders[order_id]["fare"]["total"]["amount"])

    def _read_tables(self) -> None:
        tables = self._world.tables
        self.orders: dict[str, dict[str, Any]] = {}
        for item in tables.scan("orders"):
            if item["sk"]["S"] == "ORDER":
                order = {name: value["S"] for name, value in item.items() if "S" in value}
                order |= {name: json.loads(order[name]) for name in ("seats", "fare")}
                self.orders[order["pk"].removeprefix("O#")] = order
        self.payments: dict[str, dict[str, Any]] = {}
        self.ledgers: dict[str, list[Any]] = defaultdict(list)
        for item in tables.scan("payments"):
            if item["sk"]["S"] == "payment":
                self.payments[item["pk"]["S"]] = {name: next(iter(value.values())) for name, value in item.items()}
            elif item["sk"]["S"].startswith("ledger#"):
                self.ledgers[item["pk"]["S"]] += json.loads(item["postings"]["S"])
        self.tickets: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in tables.scan("tickets"):
            if item["sk"]["S"] == "TICKET":
                ticket = {name: next(iter(value.values())) for name, value in item.items()}
                self.tickets[ticket["orderId"]].append(ticket)
        self.slots: dict[tuple[str, str], bytes] = {}
        self.claims: list[dict[str, Any]] = []
        for item in tables.scan("inventory"):
            kind, _, rest = item["pk"]["S"].partition("#")
            if kind == "R":
                event_id, section, row = rest.split("#")
                for name, value in item.items():
                    if name[1:].isdigit():
                        self.slots[event_id, f"{section}-{row}-{name[1:]}"] = bytes(value["B"])
            elif kind == "P":
                self.claims.append(item)

    def _read_bank(self) -> None:
        self.intents: dict[str, list[Any]] = defaultdict(list)
        for intent in self._world.bank.all("payment_intent"):
            self.intents[intent["metadata"].get("order_id", "")].append(intent)
        self.refunded: Counter[str] = Counter()
        for refund in self._world.bank.all("refund"):
            if refund["balance_transaction"] and refund["status"] != "failed":
                self.refunded[refund["payment_intent"]] += refund["amount"]

    def _owner(self, slot: bytes) -> str | None:
        return ids.from_bytes("ord", slot[6:]) if slot[:6] == SOLD else None

    def _seats(self) -> Iterator[str]:
        sold_to = {where: owner for where, slot in self.slots.items() if (owner := self._owner(slot))}
        active: Counter[tuple[str, str]] = Counter()
        for tickets in self.tickets.values():
            active.update((one["eventId"], one["seatId"]) for one in tickets if one["status"] != "void")
        for where, times in active.items():
            if times > 1:
                yield f"I1 {where}: {times} tickets"
        for (event_id, seat_id), owner in sold_to.items():
            order = self.orders.get(owner)
            if order is None or order["eventId"] != event_id or seat_id not in _seat_ids(order):
                yield f"I1 {event_id} {seat_id}: sold to {owner}, which did not order it"
        now_ms = int(self._world.clock.now.timestamp() * 1000)
        kinds = Counter(_kind(slot, now_ms) for slot in self.slots.values())
        capacity = sum(
            int(item["seat_count"]["N"])
            for item in self._world.tables.scan("catalog")
            if "seat_count" in item and item["sk"]["S"] == "EVENT"
        )
        if sum(kinds.values()) != capacity:
            yield f"I2 {kinds} of {capacity}"
        if kinds["held"]:
            yield f"I4 {kinds['held']} seats are held long after every lease"
        for (_, order_id), at in self._world.sold_at.items():
            if at > datetime.fromisoformat(self.orders[order_id]["leaseEndsAt"]):
                yield f"I5 {order_id}: sold at {at}, after its lease"

    def _people(self) -> Iterator[str]:
        """I6; and no seat is counted for somebody who does not own it. What was refunded may or may not count."""
        owned: dict[tuple[str, str], set[str]] = defaultdict(set)
        refunded: dict[tuple[str, str], set[str]] = defaultdict(set)
        for order_id, order in self.orders.items():
            if order["status"] in ENDED_SOLD:
                kept = order["status"] == "completed" and self.payments[order_id]["state"] == State.CAPTURED
                whose = (order["personId"], order["eventId"])
                (owned if kept else refunded)[whose] |= {f"{order_id}/{seat}" for seat in _seat_ids(order)}
        for claim in self.claims:
            person, event_id = claim["pk"]["S"].partition("#")[2], claim["sk"]["S"]
            counted = set(claim["owned"]["SS"]) if "owned" in claim else set()
            if len(counted) > LIMIT:
                yield f"I6 {person}: {len(counted)} seats of {event_id}"
            if counted - refunded[person, event_id] != owned.pop((person, event_id), set()):
                yield f"I6 {person}: owns other seats of {event_id} than are counted"
            if "order_id" in claim and self.orders[claim["order_id"]["S"]]["status"] not in OPEN:
                yield f"I3 {person}: the hold is still pinned by {claim['order_id']['S']}, which has ended"
        if owned:
            yield f"I6 not counted: {list(owned)[:5]}"

    def _order(self, order_id: str, order: dict[str, Any]) -> Iterator[tuple[str, str]]:
        status, payment = order["status"], self.payments[order_id]
        seats = _seat_ids(order)
        sold = [seat for seat in seats if self._owner(self.slots[order["eventId"], seat]) == order_id]
        tickets = [one for one in self.tickets[order_id] if one["status"] != "void"]
        intents = self.intents.get(order_id, [])
        captured = sum(one["amount_received"] for one in intents)
        refunded = sum(self.refunded[one["id"]] for one in intents)
        price = int(order["fare"]["total"]["amount"])
        if status in OPEN:
            yield "I23", "has not ended"
            return
        if 0 < len(sold) < len(seats) or (status in WITHOUT and sold):
            yield "I3", f"{len(sold)} of {len(seats)} seats are sold to it"
        if captured - refunded != (price if tickets else 0):
            yield "I7", f"{captured} taken, {refunded} given back, {len(tickets)} tickets for {price}"
        if tickets and payment["state"] != State.CAPTURED:
            yield "I8", f"tickets, and the payment is {payment['state']}"
        if captured > refunded and status not in ("completed", "cancelled"):
            yield "I9", "money was kept"
        kept = captured > refunded
        if (
            status == "completed"
            and kept
            and not sorted(one["seatId"] for one in tickets) == sorted(sold) == sorted(seats)
        ):
            yield "I10", f"{len(seats)} seats, {len(sold)} sold, {len(tickets)} tickets"
        live = [one for one in intents if one["status"] in LIVE]
        if (
            len(live) + bool(captured) > 1
            or sum(one["amount_received"] > 0 for one in intents) > 1
            or refunded > captured
        ):
            yield "I11", f"{[(one['status'], one['amount_received']) for one in intents]}"
        if live:
            yield "I12", f"still set aside: {[one['status'] for one in live]}"
        if captured not in (0, price) or int(payment["amount"]) != price:
            yield "I13", f"{captured} taken, {price} quoted"
        if any(one["personId"] != order["personId"] or int(one["version"]) != 1 for one in tickets):
            yield "I17", "a ticket of somebody else"
        yield from self._books(order_id, captured, refunded)

    def _books(self, order_id: str, captured: int, refunded: int) -> Iterator[tuple[str, str]]:
        balance: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for posting in self.ledgers[order_id]:
            amount = posting["amount"]["amount"]
            balance[posting["debit"]] += amount
            balance[posting["credit"]] -= amount
            pairs[posting["debit"], posting["credit"]] += amount
        ours = (
            pairs["stripe", "sales"],
            pairs["refunds_due", "stripe"] - pairs["stripe", "refunds_due"],
            balance["held"],
        )
        if sum(balance.values()) or ours != (captured, refunded, 0):
            yield "I21", f"the books say {ours}, Stripe {(captured, refunded, 0)}"

    def _pasts(self) -> Iterator[str]:
        """I14, I16: no move but those allowed, no decision changed; I15: no event applied twice."""
        for (table, pk, sk), states in self._world.history.items():
            if table == "orders" and sk == "ORDER":
                bad = [move for move in pairwise(states) if move[1] not in MOVES[move[0]]]
                if bad or states[0] != "pending":
                    yield f"I14 {pk}: {states}"
            if table == "fraud" and sk == DECISION:
                if len(states) > 1:
                    yield f"I16 {pk}: {states}"
                if states[0] == "block" and any(one["amount_received"] for one in self.intents.get(pk[2:], ())):
                    yield f"I16 {pk}: blocked, and charged"
        applied = Counter(event_id for event_id, _, outcome in self._world.deliveries.webhooks if outcome == "applied")
        yield from (f"I15 {event_id}: applied {times} times" for event_id, times in applied.items() if times > 1)

    def _messages(self) -> Iterator[str]:
        """I22, I23."""
        for queue, body in self._world.deliveries.dead_letters:
            if not self._uncertain(body):
                yield f"I22 dead letter of {queue}: {body[:200]}"
        for machine in self._world.machines.values():
            for execution in machine.executions.values():
                if execution.status != "SUCCEEDED":
                    yield f"I23 {execution.name}: {execution.status} in {execution.state}"

    def _uncertain(self, body: str) -> bool:
        """A mail that twice ended in silence waits for a person, rather than be sent a third time (S8)."""
        order_id = json.loads(body).get("orderId")
        mails = self._world.tables.scan("notifications")
        return any(item["pk"]["S"] == f"O#{order_id}" and int(item["attempts"]["N"]) >= 2 for item in mails)

    def _secrets(self) -> Iterator[str]:
        """I25, for what leaves for queues and executions."""
        for where, text in self._world.services.told:
            if any(word in text for word in SECRETS):
                yield f"I25 {where}: {text[:200]}"


def _seat_ids(order: dict[str, Any]) -> list[str]:
    return [seat["seatId"] for seat in order["seats"]]


def _kind(slot: bytes, now_ms: int) -> str:
    if slot[:6] == SOLD:
        return "sold"
    return "held" if int.from_bytes(slot[:6], "big") > now_ms else "free"
