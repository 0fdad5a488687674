"""People who buy: impatient, unlucky with their cards, and sure that one more click helps."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from local.stripe_standin import intents
from tests.faults.machine import Failed
from tests.faults.world import World
from tickets.ticket import ticket_id_of

CARDS = {
    "pm_card_visa": 70,
    "pm_card_mastercard": 8,
    "pm_card_chargeDeclinedInsufficientFunds": 5,
    "pm_card_chargeDeclinedProcessingError": 3,
    "pm_card_threeDSecureOptional": 4,
    "pm_card_authenticationRequired": 6,
    "pm_card_threeDSecureRequiredChargeDeclined": 2,
    "pm_no_such_method": 1,
    "pm_card_createIssuerFraudRecord": 1,
}
PATIENCE = (1.0, 3.0, 9.0, 31.0, 60.0, 120.0)
"""Between tries of the same request; the fourth comes when an abandoned try blocks its key no longer."""
LOOKS = (2.0, 5.0, 15.0, 60.0, 300.0, 600.0, 900.0)
CARDS_TRIED = 3
GIVES_BACK = 0.1
"""All tickets, or some of them; and of these, perhaps the others later."""
IN_TWO_ROWS = 0.4
HOLDS_TRIED = 6


class Buyer:
    """One person's wish for some seats, from the hold to the end of its last order."""

    def __init__(self, world: World, person: str, event_id: str, seats: Sequence[str], chance: random.Random) -> None:
        self._world, self.person, self._event_id, self._chance = world, person, event_id, chance
        self._rows = seats
        self._hold_id = ""
        self.answers: dict[str, set[str]] = defaultdict(set)
        """By idempotency key: the orders it was answered with."""
        self._keys = iter(f"{person}-{chance.getrandbits(64):x}" for _ in range(99))
        self._answered = False

    def begin(self, attempt: int = 0) -> None:
        """Hold two or so seats, neighbours or in two rows; where somebody was faster, others."""
        size = self._chance.choice((1, 1, 2, 2, 2, 3, 4))
        rows = self._chance.sample(self._rows, 2 if size > 1 and self._chance.random() < IN_TWO_ROWS else 1)
        first = self._chance.randrange(48 - size)
        seat_ids = [f"{rows[number % len(rows)]}-{first + number}" for number in range(size)]
        body = {"eventId": self._event_id, "seatIds": seat_ids}
        try:
            status, answer = self._world.call(
                "POST /seats/hold",
                "inventory.hold_seats",
                self.person,
                body=body,
                headers={"idempotency-key": f"h{attempt}"},
            )
        except Failed:
            status, answer = 503, None
        if status == 201:
            self._hold_id = answer["holdId"]
            self._after(self._chance.expovariate(1 / 30), lambda: self._pay(1))
        elif attempt < HOLDS_TRIED:
            self._after(1 + attempt, lambda: self.begin(attempt + 1))

    def _pay(self, card: int) -> None:
        [method] = self._chance.choices(list(CARDS), list(CARDS.values()))
        key = next(self._keys)
        self._order(key, method, card)
        if self._chance.random() < 0.05:
            self._after(self._chance.uniform(0, 3), lambda: self._order(key, method, card))
        if self._chance.random() < 0.02:
            self._after(self._chance.uniform(0, 3), lambda: self._order(next(self._keys), method, card))

    def _order(self, key: str, method: str, card: int, attempt: int = 0) -> None:
        body = {"holdId": self._hold_id, "paymentInfo": {"paymentMethodId": method}}
        try:
            status, answer = self._world.call(
                "POST /orders", "orders.start_purchase", self.person, body=body, headers={"idempotency-key": key}
            )
        except Failed:
            status, answer = 500, {}
        word = str((answer or {}).get("type", "")).rpartition("/")[2]
        if status == 202:
            self.answers[key].add(answer["orderId"])
            self._look(answer["orderId"], card, 0)
        elif (status >= 500 or word == "in-progress") and attempt < len(PATIENCE):
            self._after(PATIENCE[attempt], lambda: self._order(key, method, card, attempt + 1))

    def _look(self, order_id: str, card: int, attempt: int) -> None:
        if attempt < len(LOOKS):
            self._after(LOOKS[attempt], lambda: self._see(order_id, card, attempt))

    def _see(self, order_id: str, card: int, attempt: int) -> None:
        try:
            status, order = self._world.call(
                "GET /orders/{orderId}", "orders.show_order", self.person, path={"orderId": order_id}
            )
        except Failed:
            status, order = 500, {}
        if status != 200 or order["status"] == "pending":
            self._look(order_id, card, attempt + 1)
        elif order["status"] == "requires_action" and "nextAction" in order:
            self._answer_bank(order["nextAction"]["clientSecret"])
            self._look(order_id, card, attempt + 1)
        elif order["status"] == "failed" and order["reason"] == "payment-declined" and card < CARDS_TRIED:
            self._after(self._chance.uniform(5, 90), lambda: self._pay(card + 1))
        elif order["status"] == "completed" and self._chance.random() < GIVES_BACK:
            tickets = [ticket_id_of(order_id, seat["seatId"]) for seat in order["seats"]]
            for _ in range(self._chance.choice((1, 1, 2))):
                some = self._chance.sample(tickets, self._chance.randint(1, len(tickets)))
                self._after(self._chance.uniform(1, 60), partial(self._give_back, order_id, some, 0))

    def _give_back(self, order_id: str, tickets: list[str], attempt: int) -> None:
        route, path = "POST /orders/{orderId}/cancel", {"orderId": order_id}
        try:
            status, _ = self._world.call(
                route, "tickets.cancel_tickets", self.person, path=path, body={"ticketIds": tickets}
            )
        except Failed:
            status = 500
        if status >= 500 and attempt < len(PATIENCE):
            self._after(PATIENCE[attempt], partial(self._give_back, order_id, tickets, attempt + 1))

    def _answer_bank(self, client_secret: str) -> None:
        """Most do, some fail, some walk away; some take longer than their lease."""
        book = self._world.bank.book
        intent = book.get("payment_intent", client_secret.partition("_secret_")[0])
        passed, wait = self._chance.random() < 0.8, self._chance.choice((5, 20, 60, 250, 400, 1200))
        if self._chance.random() < 0.85:
            self._after(wait, lambda: intents.authenticate(book, intent, passed=passed))

    def _after(self, seconds: float, act: Any) -> None:
        self._world.clock.after(seconds, act)


class Operator:
    """Answers reviews, not always in time, now and then twice."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world, self._chance = world, chance
        self._seen: set[str] = set()

    def look(self) -> None:
        """Every half minute at what waits."""
        for (table, pk, _), states in list(self._world.pasts.history.items()):
            if table == "orders" and states[-1] == "in_review" and pk not in self._seen:
                self._seen.add(pk)
                decision = self._chance.choice(("approve", "approve", "decline"))
                for _ in range(self._chance.choice((0, 1, 1, 1, 2))):
                    wait = self._chance.choice((5, 60, 300, 700))
                    self._world.clock.after(wait, partial(self._answer, pk[2:], decision, 0))

    def _answer(self, order_id: str, decision: str, attempt: int) -> None:
        try:
            status, _ = self._world.call(
                "POST /operator/reviews/{orderId}",
                "orders.answer_review",
                "olaf",
                groups=("operator",),
                path={"orderId": order_id},
                body={"decision": decision},
            )
        except Failed:
            status = 500
        if status >= 500 and attempt < len(PATIENCE):
            self._world.clock.after(PATIENCE[attempt], lambda: self._answer(order_id, decision, attempt + 1))


class Organizer:
    """Calls one evening off, and goes on wherever that has stopped."""

    def __init__(self, world: World, event_id: str) -> None:
        self._world, self.event_id = world, event_id
        self.called_off = False

    def call_off(self) -> None:
        """Or go on with it; now and then nobody answers, and the next look asks again."""
        self.called_off = True
        self._ask("POST /organizer/events/{eventId}/cancel", "orders.cancel_event")

    def look(self) -> None:
        if self.called_off and self.progress().get("status") != "running":
            self.call_off()

    def progress(self) -> dict[str, Any]:
        return self._ask("GET /organizer/events/{eventId}/cancellation", "orders.show_cancellation")

    def _ask(self, route: str, verb: str) -> dict[str, Any]:
        path = {"eventId": self.event_id}
        try:
            status, answer = self._world.call(route, verb, "olga", groups=("organizer",), path=path)
        except Failed:
            return {}
        return dict(answer) if status < 300 else {}
