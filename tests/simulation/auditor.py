"""Watches every write of a simulated sale and knows what none of them may do (the invariants I1-I6)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from inventory.seats import FOREVER, NO_LEASE, Seat, lease_of
from kit import ids
from tests.simulation.world import SKEW_MAX, World

Slots = dict[Seat, bytes]
CROSSED_MS = 6_000
"""As long as a write is tried, and how far two clocks are apart."""


class Move(NamedTuple):
    """What one write did to one seat."""

    seat: Seat
    old: bytes
    new: bytes


@dataclass
class HoldFacts:
    """What a buyer asked for. `promised`: the answer came; `ending`: somebody gives it back."""

    hold_id: str
    person: str
    seats: list[str]
    promised: bool = False
    ending: bool = False


@dataclass
class OrderFacts:
    """`deadline` of the purchase of a hold. `ending` since it began to fail."""

    order_id: str
    hold: HoldFacts
    deadline: datetime
    extended: bool = False
    ending: bool = False
    outcome: str = ""


@dataclass
class Auditor:
    """`facts` of holds and orders come from the actors, by the ten bytes that stand in a slot."""

    world: World
    limit: int
    holds: dict[bytes, HoldFacts] = field(default_factory=dict)
    orders: dict[bytes, OrderFacts] = field(default_factory=dict)
    slots: Slots = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    ghosts: set[str] = field(default_factory=set)

    def new_hold(self, hold_id: str, person: str, seats: list[str]) -> HoldFacts:
        facts = self.holds[ids.to_bytes(hold_id)] = HoldFacts(hold_id, person, seats)
        return facts

    def new_order(self, order_id: str, hold: HoldFacts, deadline: datetime) -> OrderFacts:
        facts = self.orders[ids.to_bytes(order_id)] = OrderFacts(order_id, hold, deadline)
        return facts

    def on_write(self, records: list[dict[str, Any]]) -> None:
        moves: list[Move] = []
        for record in records:
            image = record["dynamodb"]["NewImage"]
            pk = image["pk"]["S"]
            if pk.startswith("R#"):
                moves += self._row(pk, image)
            elif pk.startswith("P#"):
                self._claim(pk.removeprefix("P#"), image)
        crossed = {move.new[6:] for move in moves if self._crossed(move)}
        for move in moves:
            self._move(move, crossed)
        self._over_is_over()
        self._within_limits()
        self._promises()

    def _row(self, pk: str, image: dict[str, Any]) -> Iterator[Move]:
        _, _, section, row = pk.split("#")
        for name, value in image.items():
            if "B" not in value:
                continue
            seat, new = Seat(section, int(row), int(name[1:])), base64.b64decode(value["B"])
            old = self.slots.get(seat, new)
            self.slots[seat] = new
            if new != old:
                yield Move(seat, old, new)

    def _move(self, move: Move, crossed: set[bytes]) -> None:
        """One seat got another value: was that anybody's right?"""
        seat, old, new = move
        now = self.world.time
        if is_sold(new):
            order = self.orders[new[6:]]
            assert old[6:] == ids.to_bytes(order.hold.hold_id), f"{seat} was sold to {order.order_id} from {old.hex()}"
            assert now < order.deadline + SKEW_MAX, f"{seat} was sold after the deadline of {order.order_id}"
        elif is_held(new):
            hold = self.holds[new[6:]]
            until, _ = lease_of(new)
            assert not is_sold(old), f"{seat} was sold, and {hold.hold_id} took it"
            if is_held(old) and old[6:] != new[6:]:
                lease_end, other = lease_of(old)
                theirs = self.holds[old[6:]]
                replaced = theirs.person == hold.person
                assert replaced or now > lease_end - SKEW_MAX, f"{hold.hold_id} took {seat} from {other}"
            if hold.hold_id in self.dead and until > now:
                assert new[6:] in crossed, f"{hold.hold_id} is over and has {seat} again"
                self.ghosts.add(hold.hold_id)
        else:
            self._given_back(seat, old, now)

    def _crossed(self, move: Move) -> bool:
        """The one way in which a hold that is over may have seats again, until its lease ends: it was refused

        for this seat, the write that freed it was on its way at that time or came by a clock that was behind,
        and then a copy of the refused write arrived. Nobody is told of such a hold, and nobody can buy it.
        """
        if not self.world.stale or move.old[:6] != NO_LEASE:
            return False
        asked, freed = (int.from_bytes(value[6:12], "big") for value in (move.new, move.old))
        return 0 <= asked - freed < CROSSED_MS

    def _given_back(self, seat: Seat, old: bytes, now: datetime) -> None:
        if is_sold(old):
            order = self.orders[old[6:]]
            assert order.ending, f"{seat} of {order.order_id} was given away"
        elif is_held(old):
            until, hold_id = lease_of(old)
            hold = self.holds[old[6:]]
            mine = hold.ending or hold_id in self.dead or now > until - SKEW_MAX
            assert mine, f"{seat} of {hold_id} was given back too early"

    def _claim(self, person: str, image: dict[str, Any]) -> None:
        before = self.claims.get(person, {})
        self.claims[person] = image
        old, new = before.get("hold_id", {}).get("S"), image.get("hold_id", {}).get("S")
        assert new not in self.dead, f"{person}'s {new} is over and came back"
        if not old or old == new:
            return
        self.dead.add(old)
        hold = self.holds[ids.to_bytes(old)]
        over = int(before["until"]["N"]) / 1000 < self.world.time.timestamp() + SKEW_MAX.total_seconds()
        bought = any(order.hold is hold for order in self.orders.values())
        assert new or hold.ending or over or bought or not hold.promised, f"{person}'s {old} was forgotten"

    def _over_is_over(self) -> None:
        """Whose claim has moved on has no seats, but for as long as clocks differ."""
        for seat, value in self.slots.items():
            if is_held(value):
                until, hold_id = lease_of(value)
                over = hold_id in self.dead and hold_id not in self.ghosts
                assert not over or until < self.world.time + 2 * SKEW_MAX, f"{hold_id} is over and still has {seat}"

    def _within_limits(self) -> None:
        """I6: what a person holds and owns, at this instant."""
        seats: dict[str, int] = {}
        for value in self.slots.values():
            if is_sold(value):
                person = self.orders[value[6:]].hold.person
            elif is_held(value) and lease_of(value)[0] > self.world.time:
                if lease_of(value)[1] in self.ghosts:
                    continue
                person = self.holds[value[6:]].person
            else:
                continue
            seats[person] = seats.get(person, 0) + 1
        over = {person: count for person, count in seats.items() if count > self.limit}
        assert not over, f"over the limit of {self.limit}: {over}"

    def _promises(self) -> None:
        """I3: whoever was told that seats are theirs has all of them, until they end it or the clock does."""
        for person, claim in self.claims.items():
            if "hold_id" not in claim:
                continue
            hold = self.holds[ids.to_bytes(claim["hold_id"]["S"])]
            order = self.orders.get(ids.to_bytes(claim["order_id"]["S"])) if "order_id" in claim else None
            ends = int(claim["until"]["N"]) / 1000 - self.world.time.timestamp()
            bound = order.extended and not order.ending if order else hold.promised and not hold.ending
            if not bound or ends < 2 * SKEW_MAX.total_seconds():
                continue
            values = {ids.to_bytes(hold.hold_id)} | ({ids.to_bytes(order.order_id)} if order else set())
            torn = [seat for seat in hold.seats if self.slots[_seat(seat)][6:] not in values]
            assert not torn, f"{person} was promised {hold.seats} and does not have {torn}"

    def at_rest(self) -> None:
        """Everything is over: orders have all of their seats or none, and nothing is left behind."""
        for order in self.orders.values():
            sold = sorted(str(seat) for seat, value in self.slots.items() if is_sold(value) and self._has(order, value))
            if order.outcome == "sold":
                assert sold == sorted(order.hold.seats), f"{order.order_id} has {sold} of {order.hold.seats}"
            else:
                assert not sold, f"{order.order_id} {order.outcome or 'never began'} and has {sold}"
        for person, claim in self.claims.items():
            owned = set(claim.get("owned", {}).get("SS", []))
            bought = set(self._bought(person))
            assert owned == bought, f"{person} owns {bought}, the claim says {owned}"
            assert "order_id" not in claim, f"{person}'s claim is still {claim['order_id']}'s"
        stuck = {str(seat): value.hex() for seat, value in self.slots.items() if is_held(value)}
        assert not stuck, f"leases that nobody ended: {stuck}"

    def has_any(self, order: OrderFacts) -> bool:
        """Whether a seat is sold to this order now."""
        return any(is_sold(value) and self._has(order, value) for value in self.slots.values())

    def _bought(self, person: str) -> Iterator[str]:
        for seat, value in self.slots.items():
            if is_sold(value) and self.orders[value[6:]].hold.person == person:
                yield f"{self.orders[value[6:]].order_id}/{seat}"

    def _has(self, order: OrderFacts, value: bytes) -> bool:
        return value[6:] == ids.to_bytes(order.order_id)


def is_sold(value: bytes) -> bool:
    return value[:6] == FOREVER


def is_held(value: bytes) -> bool:
    return NO_LEASE < value[:6] < FOREVER


def _seat(seat_id: str) -> Seat:
    section, row, slot = seat_id.split("-")
    return Seat(section, int(row), int(slot))
