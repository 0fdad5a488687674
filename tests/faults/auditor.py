"""What must be true of any history once everything is quiet: the invariants of a purchase, by their numbers.

I1   one owner a seat: `_seats`, at rest; and at every write, that no seat went from one order to another unreturned
I2   sold, held and free seats are the capacity, event by event: `_seats`
I3   all of an order's seats are sold to it or none; no hold is pinned by an order that ended: `_order`, `_people`
I4   no seat is held after its lease, though nothing was ever deleted by TTL: `_seats`
I5   nothing was sold after the end of a lease: `_seats`, by the time of each write
I6   held and owned seats of a person are within the limit: `_people`, at every write; owned are those that are counted
I7   taken less given back is the price of the active tickets, by Stripe's book: `_order`
I8   no ticket is active without captured money: `_order`, and at every write (`World.unpaid`)
I9   money that was taken bought tickets or went back: `_order`; `late`, within an hour after the trouble
I10  completed orders, and only they, have all tickets and all seats: `_order`
I11  one live intent, one capture, no more refunded than captured: `_order`
I12  a failed order has nothing set aside: `_order`
I13  what was taken is what was quoted: `_order` (steps of dynamic prices are pricing's)
I14  orders and payments move along their DAGs: `_pasts`
I15  a webhook event is applied once: `_pasts`; a key has one answer: the campaign's buyers compare theirs
I16  a decision does not change, and what is blocked is not charged: `_pasts`
I17  tickets are the buyer's own, of the first version, since nothing here transfers: `_order`
I21  debits are credits, and the books say what Stripe says: `_books`
I22  what was not processed lies in a dead-letter queue, which is empty: `_messages` (its alarm: tests/infra)
I23  no order is open, no execution anything but ended: `_order`, `_messages`; `late`, within an hour after the trouble
I24  of a cancelled event everything captured is refunded and all tickets are void: `_called_off`
I25  no secret, card, token or address in logs, messages, execution inputs: `_secrets`

I18 (scans), I19 (resale), I20 (waiting room) and I26 (the map) are audited where those are built.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from fraud.store import DECISION
from kit import ids
from orders.order import MOVES, OPEN
from payments.payment import COMES_FROM, State
from tests.faults.world import SECRETS, World

LIMIT = 8
SOLD, FREE = b"\xff" * 6, b"\x00" * 6
WITHOUT = ("failed", "cancelled", "refunded")
"""Orders to which no seat is sold, unless their event is off."""
ENDED_SOLD = ("completed", "refunded", "cancelled")
_BEFORE = {
    State.REQUESTED: (),
    **COMES_FROM,
    State.CAPTURED: (*COMES_FROM[State.CAPTURED], State.REFUNDED),
    State.REFUNDED: (State.CAPTURED,),
}
"""A refund that the bank sends back is owed again."""
LIVE = ("requires_capture", "requires_action", "requires_confirmation", "processing")


class Audit:
    """A look at everything; `violations` names each rule that is broken, and by whom."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read_tables()
        self._read_bank()

    def violations(self) -> list[str]:
        found = [*self._seats(), *self._people(), *self._pasts(), *self._messages(), *self._secrets()]
        found += self._called_off()
        for order_id, order in self.orders.items():
            found += [f"{rule} {order_id} ({order['status']}): {what}" for rule, what in self._order(order_id, order)]
        strangers = self.intents.keys() - self.orders.keys()
        return found + [f"I8 {order_id}: charged, but there is no such order" for order_id in strangers]

    def late(self) -> list[str]:
        """What still has not ended: to be asked a while after the trouble."""
        return [one for one in self.violations() if one.startswith(("I9 ", "I23 "))]

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
                order |= {name: json.loads(order.get(name, "[]")) for name in ("seats", "fare", "cancellations")}
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
        listed = [item for item in tables.scan("catalog") if item["sk"]["S"] == "EVENT"]
        self.events = {item["pk"]["S"].removeprefix("EVENT#"): item for item in listed}
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
        kinds: dict[str, Counter[str]] = defaultdict(Counter)
        for (event_id, _), slot in self.slots.items():
            kinds[event_id][_kind(slot, now_ms)] += 1
        for event_id, event in self.events.items():
            if kinds[event_id].total() not in (0, int(event["seat_count"]["N"])):
                yield f"I2 {event_id}: {kinds[event_id]} of {event['seat_count']['N']}"
            if kinds[event_id]["held"]:
                yield f"I4 {event_id}: {kinds[event_id]['held']} seats are held long after every lease"
        for where, owners in self._world.pasts.owners.items():
            if any(one and other and one != other for one, other in pairwise(owners)):
                yield f"I1 {where}: sold to {owners}"
        for (_, order_id), at in self._world.pasts.sold_at.items():
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
                gone = set() if self._is_off(order) else _given_back(order)
                (owned if kept else refunded)[whose] |= {f"{order_id}/{seat}" for seat in _seat_ids(order, gone)}
        for claim in self.claims:
            person, event_id = claim["pk"]["S"].partition("#")[2], claim["sk"]["S"]
            counted = set(claim["owned"]["SS"]) if "owned" in claim else set()
            if len(counted) > LIMIT:
                yield f"I6 {person}: {len(counted)} seats of {event_id}"
            if counted - refunded[person, event_id] != owned.pop((person, event_id), set()):
                yield f"I6 {person}: owns other seats of {event_id} than are counted"
            if "order_id" in claim and self.orders[claim["order_id"]["S"]]["status"] not in OPEN:
                yield f"I3 {person}: the hold is still pinned by {claim['order_id']['S']}, which has ended"
        for (pk, event_id), seats in self._world.pasts.counted_most.items():
            if seats > LIMIT:
                yield f"I6 {pk}: {seats} seats of {event_id} at some instant"
        if owned:
            yield f"I6 not counted: {list(owned)[:5]}"

    def _is_off(self, order: dict[str, Any]) -> bool:
        return bool(self.events[order["eventId"]]["status"] == {"S": "cancelled"})

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
        gone = _given_back(order)
        left = _seat_ids(order, gone)
        if sold and (status in WITHOUT or sold != left) and not self._is_off(order):
            yield "I3", f"{len(sold)} of {len(left)} seats are sold to it"
        worth = _worth(order, {one["seatId"] for one in tickets})
        if captured - refunded != worth:
            yield "I7", f"{captured} taken, {refunded} given back, {len(tickets)} tickets worth {worth} of {price}"
        if tickets and payment["state"] != State.CAPTURED:
            yield "I8", f"tickets, and the payment is {payment['state']}"
        if captured > refunded and status not in ("completed", "cancelled"):
            yield "I9", "money was kept"
        if status == "completed" and not sorted(one["seatId"] for one in tickets) == sorted(sold) == sorted(left):
            yield "I10", f"{len(left)} seats, {len(sold)} sold, {len(tickets)} tickets"
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
        for (table, pk, sk), states in self._world.pasts.history.items():
            if table == "orders" and sk == "ORDER":
                bad = [move for move in pairwise(states) if move[1] not in MOVES[move[0]]]
                if bad or states[0] != "pending":
                    yield f"I14 {pk}: {states}"
            if (
                table == "payments"
                and sk == "payment"
                and any(here not in _BEFORE[there] for here, there in pairwise(states))
            ):
                yield f"I14 payment {pk}: {states}"
            if table == "fraud" and sk == DECISION:
                if len(states) > 1:
                    yield f"I16 {pk}: {states}"
                if states[0] == "block" and any(one["amount_received"] for one in self.intents.get(pk[2:], ())):
                    yield f"I16 {pk}: blocked, and charged"
        applied = Counter(event_id for event_id, _, outcome in self._world.deliveries.webhooks if outcome == "applied")
        yield from (f"I15 {event_id}: applied {times} times" for event_id, times in applied.items() if times > 1)

    def _called_off(self) -> Iterator[str]:
        for order_id, order in self.orders.items():
            if not self._is_off(order):
                continue
            intents = self.intents.get(order_id, [])
            kept = sum(one["amount_received"] - self.refunded[one["id"]] for one in intents)
            valid = [one["seatId"] for one in self.tickets[order_id] if one["status"] != "void"]
            if kept or valid:
                yield f"I24 {order_id}: {kept} kept, valid tickets for {valid}"

    def _messages(self) -> Iterator[str]:
        """I22, I23."""
        for queue, body in self._world.deliveries.dead_letters:
            if not self._uncertain(body):
                yield f"I22 dead letter of {queue}: {body[:200]}"
        for machine in self._world.machines.values():
            for execution in machine.executions.values():
                if execution.status != "SUCCEEDED" and not self._ended_without_it(execution):
                    yield f"I23 {execution.name}: {execution.status} in {execution.state}"

    def _ended_without_it(self, execution: Any) -> bool:
        """A step's second copy ended the order while the tries of the first were used up: nothing is left to do."""
        order = self.orders.get(execution.name)
        return order is not None and order["status"] not in OPEN and execution.status == "FAILED"

    def _uncertain(self, body: str) -> bool:
        """A mail that twice ended in silence waits for a person, rather than be sent a third time (S8)."""
        order_id = json.loads(body).get("orderId")
        mails = self._world.tables.scan("notifications")
        return any(item["pk"]["S"] == f"O#{order_id}" and int(item["attempts"]["N"]) >= 2 for item in mails)

    def _secrets(self) -> Iterator[str]:
        """What was logged, and what left for queues and executions; and no ticket was valid before it was paid."""
        yield from (f"I8 {ticket}: active before the money was taken" for ticket in self._world.unpaid)
        for where, text in self._world.services.told:
            if any(word in text for word in SECRETS):
                yield f"I25 {where}: {text[:200]}"


def _seat_ids(order: dict[str, Any], gone: Container[str] = ()) -> list[str]:
    return [seat["seatId"] for seat in order["seats"] if seat["seatId"] not in gone]


def _given_back(order: dict[str, Any]) -> set[str]:
    return {seat_id for each in order["cancellations"] for seat_id in each["seatIds"]}


def _worth(order: dict[str, Any], kept: Container[str]) -> int:
    """What these seats cost, fees and all, as everything is given back by here: a share by face value, rounded once."""
    faces = [(line["seatId"] in kept, line["faceValue"]["amount"]) for line in order["fare"]["lines"]]
    whole, of = order["fare"]["total"]["amount"], sum(face for _, face in faces)
    return int(whole - whole * sum(face for stays, face in faces if not stays) // of if of else whole)


def _kind(slot: bytes, now_ms: int) -> str:
    if slot[:6] == SOLD:
        return "sold"
    return "held" if int.from_bytes(slot[:6], "big") > now_ms else "free"
