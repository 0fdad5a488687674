"""A sale in any order of steps, against a model a child could keep: who has which seat, and until when."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inventory import HoldExpired, claims, extend_rows, get_hold, pace, pin_hold, sales, sections
from inventory.purchase import Purchase
from inventory.release_seats import release_seats
from inventory.seats import ended_before, parse
from inventory.sell_seats import sell_seats
from kit import ids
from kit.errors import Problem
from kit.table import Transaction
from tests import harness
from tests.inventory.house import LEASE, NOON, hold, open_event, project, records, release, rows_now, word

SEATS = ["stalls-0-0", "stalls-0-1", "stalls-1-0", "balcony-0-2", "floor-0-3"]
PEOPLE = st.sampled_from(["ada", "bob"])
CHOICES = st.lists(st.sampled_from(SEATS), min_size=1, max_size=2, unique=True)
LIMIT = 3
ORDER_LEASE = timedelta(minutes=15)


@dataclass
class Held:
    hold_id: str
    seats: list[str]
    since: datetime
    until: datetime
    order: str = ""


@dataclass
class Model:
    """`holds` and what they had before by person, `blocked` by block; a seat is the last one's to get it."""

    holds: dict[str, Held] = field(default_factory=dict)
    ended: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    owner: dict[str, str] = field(default_factory=dict)
    """By seat: the hold or order that got it last, or a block."""
    leases: dict[str, datetime] = field(default_factory=dict)
    sold: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    blocks: dict[str, list[str]] = field(default_factory=dict)

    def owned(self, person: str) -> int:
        return sum(len(seats) for buyer, seats in self.sold.values() if buyer == person)

    def taken(self, seat: str, now: datetime, but: str = "") -> bool:
        """By somebody other than this hold."""
        owner = self.owner.get(seat)
        return owner not in (None, but) and self.leases.get(seat, now) >= now

    def end(self, person: str, now: datetime) -> None:
        """The person's hold is over, by will or by the clock."""
        held = self.holds.pop(person)
        self.ended[person].append(replace(held, until=min(held.until, now)))

    def held_before(self, person: str, seats: list[str], now: datetime) -> list[Held]:
        """What the person had of these seats a moment ago."""
        lately = [held for held in self.ended[person] if now < held.until + pace.RESTED]
        return [held for held in lately if set(held.seats) & set(seats)]

    def give(self, seats: list[str], owner: str, until: datetime | None = None) -> None:
        for seat in seats:
            self.owner[seat] = owner
            if until:
                self.leases[seat] = until
            else:
                self.leases.pop(seat, None)

    def free(self, seats: list[str], owner: str) -> None:
        for seat in seats:
            if self.owner.get(seat) == owner:
                del self.owner[seat]
                self.leases.pop(seat, None)


class Sale(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = ExitStack()
        self.world.enter_context(harness.aws())
        self.world.enter_context(mock.patch.object(pace, "AT_ONCE", 1_000))
        sales._remembered.clear()
        sections._remembered.clear()
        self.model, self.now = Model(), NOON
        self.event_id = open_event(limit_per_person=LIMIT, orphan_rule="off")
        self.seen = rows_now()

    def teardown(self) -> None:
        self.world.close()

    @rule(person=PEOPLE, seats=CHOICES)
    def hold(self, person: str, seats: list[str]) -> None:
        before, expected = self.model.holds.get(person), self._what_a_hold_gets(person, seats)
        status, answer = hold(self.event_id, seats, person=person, now=self.now)
        assert (status if status == 201 else word(answer)) == expected[0], answer
        if status != 201:
            if expected[1] is not None:
                assert answer["seatIds"] == expected[1]
                if expected[0] == "seats-unavailable" and before and before.until <= self.now:
                    self.model.end(person, self.now)  # its claim was taken for the new one
            return
        since, until = expected[1]
        assert datetime.fromisoformat(answer["heldUntil"]) == until
        if before:
            self.model.free(before.seats, before.hold_id)
            self.model.end(person, self.now)
        self.model.holds[person] = Held(answer["holdId"], seats, since, until)
        self.model.give(seats, answer["holdId"], until)

    def _what_a_hold_gets(self, person: str, seats: list[str]) -> tuple[Any, Any]:
        before = self.model.holds.get(person)
        if len(seats) > LIMIT or self.model.owned(person) + len(seats) > LIMIT:
            return "limit-exceeded", None
        if before and before.order:
            return "purchase-in-progress", None
        since, mine = self.now, ""
        earlier = self.model.held_before(person, seats, self.now)
        if before and before.until > self.now:
            since, mine = before.since, before.hold_id
        elif before and set(before.seats) & set(seats) and self.now < before.until + pace.RESTED:
            earlier.append(before)
        for held in earlier:
            if held.since + pace.HELD_AT_MOST < self.now + pace.USEFUL:
                return "hold-throttled", sorted(set(held.seats) & set(seats))
        since = min([since, *(held.since for held in earlier)])
        until = min(self.now + LEASE, since + pace.HELD_AT_MOST)
        if mine and before and since == before.since and until <= before.until:
            if set(before.seats) == set(seats):
                return "hold-not-extendable", None
            until = before.until
        lost = [seat for seat in seats if self.model.taken(seat, self.now, mine)]
        return ("seats-unavailable", lost) if lost else (201, (since, until))

    @rule(person=PEOPLE)
    def give_back(self, person: str) -> None:
        held = self.model.holds.get(person)
        status, _ = release(held.hold_id if held else "hld_0000000000000000", person=person, now=self.now)
        assert status == (409 if held and held.order else 204 if held else 404)
        if held and not held.order:
            self.model.free(held.seats, held.hold_id)
            self.model.end(person, self.now)

    @precondition(lambda self: self._who(buying=False))
    @rule(data=st.data())
    def buy(self, data: st.DataObject) -> None:
        person, held = data.draw(st.sampled_from(self._who(buying=False)))
        order_id, deadline = ids.new("ord", self.now), self.now + ORDER_LEASE
        try:
            found = get_hold(person, held.hold_id, self.now)
            transaction = Transaction()
            pin_hold(transaction, found, order_id, deadline, self.now)
            transaction.commit()
        except HoldExpired:
            assert held.until <= self.now + timedelta(seconds=2)
            return
        assert held.until > self.now + timedelta(seconds=2)
        extend_rows(found, deadline)
        held.order, held.until = order_id, deadline
        self.model.give(held.seats, held.hold_id, deadline)

    @precondition(lambda self: self._who(buying=True))
    @rule(data=st.data(), twice=st.booleans())
    def sell(self, data: st.DataObject, twice: bool) -> None:
        person, held = data.draw(st.sampled_from(self._who(buying=True)))
        for _ in range(1 + twice):
            try:
                sell_seats(self._purchase(person, held), self.now)
            except Problem as refusal:
                assert isinstance(refusal, HoldExpired) and self.now >= held.until
                return
        assert self.now < held.until
        self.model.give(held.seats, held.order)
        self.model.sold[held.order] = (person, held.seats)
        del self.model.holds[person]

    @precondition(lambda self: self._who(buying=True))
    @rule(data=st.data(), twice=st.booleans())
    def fail(self, data: st.DataObject, twice: bool) -> None:
        person, held = data.draw(st.sampled_from(self._who(buying=True)))
        for _ in range(1 + twice):
            release_seats(self._purchase(person, held), self.now)
        self.model.free(held.seats, held.hold_id)
        del self.model.holds[person]

    @precondition(lambda self: self.model.sold)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(sorted(self.model.sold)))
        person, seats = self.model.sold.pop(order_id)
        held = Held("hld_0000000000000000", seats, self.now, self.now, order_id)
        release_seats(self._purchase(person, held), self.now)
        self.model.free(seats, order_id)

    @rule(seats=CHOICES)
    def block(self, seats: list[str]) -> None:
        status, answer, _ = harness.call(
            "inventory.block_seats",
            path={"eventId": self.event_id},
            body={"seatIds": seats, "label": "Camera"},
            person="olga",
            groups=["organizer"],
            now=self.now,
        )
        taken = [seat for seat in seats if self.model.taken(seat, self.now)]
        assert status == (409 if taken else 201), answer
        if not taken:
            self.model.give(seats, answer["blockId"])
            self.model.blocks[answer["blockId"]] = seats

    @precondition(lambda self: self.model.blocks)
    @rule(data=st.data())
    def unblock(self, data: st.DataObject) -> None:
        block_id = data.draw(st.sampled_from(sorted(self.model.blocks)))
        status, answer, _ = harness.call(
            "inventory.release_block",
            path={"eventId": self.event_id, "blockId": block_id},
            body={},
            person="olga",
            groups=["organizer"],
            now=self.now,
        )
        assert status == 200, answer
        self.model.free(self.model.blocks.pop(block_id), block_id)

    @rule(seconds=st.sampled_from([1, 4, 300, 597, 604, 1000]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for held in self.model.holds.values():
            if abs(held.until - self.now) <= timedelta(seconds=3):
                self.now = held.until + timedelta(seconds=4)

    @rule()
    def project(self) -> None:
        """The map catches up; it may at any time."""
        now = rows_now()
        project(records(self.seen, now), self.now)
        self.seen = now

    @invariant()
    def every_seat_is_whose_it_should_be(self) -> None:
        for pk, item in rows_now().items():
            section, row = pk.split("#")[2:]
            for seat_id in SEATS:
                seat = parse(seat_id)
                if (seat.section, str(seat.row)) != (section, row):
                    continue
                value = bytes(item[f"s{seat.slot}"]["B"])
                taken = value >= ended_before(self.now)
                assert taken == self.model.taken(seat_id, self.now), f"{seat_id} is {value.hex()}"

    def _who(self, *, buying: bool) -> list[tuple[str, Held]]:
        return [(person, held) for person, held in sorted(self.model.holds.items()) if bool(held.order) == buying]

    @invariant()
    def every_claim_counts_what_its_person_has(self) -> None:
        for person in sorted({buyer for buyer, _ in self.model.sold.values()} | set(self.model.holds)):
            claim = claims.load(person, self.event_id)
            held = self.model.holds.get(person)
            assert claim is not None
            assert len(claim.owned or ()) == self.model.owned(person)
            assert (claim.hold_id, claim.order_id or "") == ((held.hold_id, held.order) if held else (None, ""))

    def _purchase(self, person: str, held: Held) -> Purchase:
        return Purchase(held.order, self.event_id, person, held.hold_id, held.seats, held.until)


TestSale = Sale.TestCase
TestSale.settings = settings(
    max_examples=5,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
