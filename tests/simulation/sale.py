"""A sale in a small world: a few people who want the same few seats, and everything that runs for them."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest import mock

import msgspec
from aws_lambda_powertools.metrics.provider.cloudwatch_emf import cloudwatch
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

import catalog
from inventory import expire_hold, extend_rows, get_hold, holding, pace, pin_hold, project_seats, rows, sales, snapshots
from inventory.holds import Hold
from inventory.keep_hold import keep_hold
from inventory.leases import LeaseEnd
from inventory.problems import CardsExhausted, HoldExpired, PurchaseInProgress, SeatsLost, SeatsUnavailable
from inventory.purchase import Purchase
from inventory.release_hold import release_hold
from inventory.release_seats import release_seats
from inventory.seats import is_on_the_map
from inventory.sell_seats import sell_seats
from inventory.snapshots import Snapshot, all_free
from inventory.writes import NotWritten, Refused
from kit import ids
from kit.errors import NotFound, Problem
from kit.table import Table, TableMeta, Transaction
from pricing import quote
from tests import harness
from tests.inventory.house import PRICING
from tests.simulation.auditor import Auditor, HoldFacts, OrderFacts
from tests.simulation.history import History
from tests.simulation.world import (
    DEAF,
    ECHOES,
    EXPIRIES,
    FAIR,
    FAR,
    MUTE,
    NO_FAULTS,
    SKEW_MAX,
    START,
    STORM,
    Crash,
    World,
    ask_engine,
    make_tables,
    stream,
)

EVENT = "evt_0000000000000001"
ROWS = {("a", 0): 5, ("a", 1): 4, ("b", 0): 3}
EVERYWHERE = [f"{section}-{row}-{slot}" for (section, row), size in ROWS.items() for slot in range(size)]
PEOPLE = ("ada", "bob", "cyd", "dan")
LIMIT = 4
LEASE = timedelta(seconds=30)
DEADLINE = timedelta(seconds=45)
PACE: dict[str, Any] = {
    "HELD_AT_MOST": timedelta(seconds=50),
    "RESTED": timedelta(seconds=4),
    "EVERY": timedelta(seconds=1),
    "USEFUL": timedelta(seconds=5),
}
"""As a small world's leases are to real ones."""
TRIES = 40
AT_ONCE = timedelta(milliseconds=150)
"""Less than any fault delays a write, and than what clocks that are wrong leave of the margin for them."""
REQUESTS = 12
"""Each of two windows that every person has open."""

T = TypeVar("T")
_ask_anew = holding.ask_anew


class OrderMark(Model):
    """Stands for the order that a purchase puts beside the claim."""

    class Meta(TableMeta):
        table_name = Table("orders")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class AlreadyThere(Exception):
    """The order exists."""


class Weather(Enum):
    """What a sale is full of. Otherwise the seed decides how much goes wrong."""

    ANY = "any"
    ECHOES = "echoes"
    """Of half of all writes there comes a copy within a lease, and much is given back meanwhile."""
    TWO_WINDOWS = "two windows"
    """Whatever people do, they do something else at the same time, and every fourth write is lost once."""
    SILENCE = "silence"
    """Every second write is done, and nobody hears of it."""
    LAST_MOMENTS = "last moments"
    """When a lease ends its person buys or wants other seats, and somebody else wants these, with two clicks."""


class Sale:
    """`run` plays it to the end and checks it. The seed decides everything: how busy people are, how slow the
    queue is, how much goes wrong, and then each step. `audited`: write by write, and at rest; `compared`: what people
    were told, with what one seat can have been through."""

    def __init__(
        self, seed: int, *, weather: Weather = Weather.ANY, audited: bool = True, compared: bool = True
    ) -> None:
        self.world = World(seed)
        self.dice = self.world.dice
        self.auditor = Auditor(self.world, LIMIT)
        self.world.faults = self.dice.choice((FAIR, STORM))
        self._busy = [5, 2, 3]
        self._twice = 0.25
        if weather is Weather.TWO_WINDOWS:
            self.world.faults, self._twice = DEAF, 1.0
        if weather is Weather.ECHOES:
            self.world.faults, self.world.echoes, self._busy = ECHOES, (LEASE.total_seconds(),), [5, 5, 1]
        if weather is Weather.SILENCE:
            self.world.faults = MUTE
        self._rushed = weather is Weather.LAST_MOMENTS
        self._pause = self.dice.choice((2.0, 6.0, 15.0))
        if self._rushed:
            self._pause = 2 * LEASE.total_seconds()
        self._slow = self.dice.choice((1.0, 1.0, LEASE.total_seconds()))
        self._audited, self._compared = audited, compared
        self.told = History(START, SKEW_MAX)
        self._anew: dict[int, list[Hold]] = {}
        self._first: dict[str, Hold] = {}
        """By key."""
        self._started: set[str] = set()
        self._held: dict[str, Hold] = {}

    def run(self) -> None:
        """Raises AssertionError at the first thing that must not be."""
        with _the_database(), self.world.inhabited(), mock.patch.object(holding, "ask_anew", self._ask_anew):
            rows.create(EVENT, [(section, row, size) for (section, row), size in ROWS.items()])
            for position, section in enumerate(sorted({section for section, _ in ROWS})):
                sizes = [size for (name, _), size in sorted(ROWS.items()) if name == section]
                snapshots.create(EVENT, [all_free(section, position, sizes, ["best"])])
            self.auditor.on_write(stream())
            self.world._seen = len(stream())
            self.world.on_write = self._on_write
            self.world.on_message = self._on_message
            for person in PEOPLE * 2:
                self.world.start(self.dice.uniform(0, 5), partial(self._buyer, person))
            self.world.run()
            self.world.faults = NO_FAULTS
            self._sweep(always=True)
            self.world.run()
            if self._audited:
                self.auditor.at_rest()
                self._map_is_right()
            if not self._compared:
                return
            self.told.at_rest(self.auditor.slots, self._seconds())
            haunted = {seat for hold in self.auditor.ghosts for seat in self.auditor.holds[ids.to_bytes(hold)].seats}
            impossible = self.told.impossible(except_for=haunted)
            assert not impossible, f"no single seat has such a history: {impossible}"
            if self._audited:
                self._every_free_seat_can_be_held()

    # What people do.

    def _buyer(self, person: str) -> None:
        for _ in range(REQUESTS):
            self.world.pause(self.dice.expovariate(1 / self._pause))
            self._act(person)
            if self.dice.random() < self._twice:
                self.world.start(self.dice.uniform(0, 0.02), partial(self._act, person))

    def _act(self, person: str) -> None:
        hold = self._held.get(person)
        match self.dice.choices(["hold", "release", "buy"], self._busy)[0]:
            case "hold":
                self._hold(person)
            case "release" if hold:
                self._release(person, hold)
            case "buy" if hold:
                self._buy(person, hold)

    def _hold(self, person: str) -> None:
        stands = self._ask(person, self._seats(), self.dice.choice(["", f"key-{self.dice.getrandbits(32)}"]))
        if stands is None:
            return
        if self._rushed:
            self._rush(person, stands)
            return
        last_moment = (stands.until - self.world.time).total_seconds() + self.dice.uniform(-3, 3)
        if self.dice.random() < 0.3:
            self.world.start(max(0, last_moment), partial(self._act, person))

    def _ask(self, person: str, seats: list[str], key: str) -> Hold | None:
        """For these seats, and with a key once more if it comes to nothing."""
        for _ in range(2 if key else 1):
            now = self.world.clock()
            fare = quote(PRICING, [(seat, "best", "adult") for seat in seats], now + LEASE)
            hold = Hold(ids.new("hld", now), person, EVENT, seats, now + LEASE, now + LEASE, now, fare, key, "asked")
            self.auditor.new_hold(hold.hold_id, person, seats)
            stands = self._place(hold, now)
            if stands is not None:
                self._facts(stands).promised = True
                self._held[person] = stands
                return stands
        return None

    def _rush(self, person: str, hold: Hold) -> None:
        """What happens to a hold as its lease ends."""
        ends = (hold.until - self.world.time).total_seconds()
        somebody = self.dice.choice([each for each in PEOPLE if each != person])
        wish = partial(self._ask, somebody, hold.seat_ids, f"key-{self.dice.getrandbits(32)}")
        own = max(0, ends + self.dice.uniform(-1, 1))
        if self.dice.random() < 0.5:
            self.world.start(own, partial(self._buy, person, hold))
        else:
            self.world.start(own, partial(self._ask_for_more, person))
        moment = ends + self.dice.uniform(-1, 1)
        for click in (moment, moment + 0.1):
            self.world.start(max(0, click), wish)

    def _ask_for_more(self, person: str) -> None:
        """As many as one may have, of those that are free at this moment."""
        free = [str(seat) for seat, value in self.auditor.slots.items() if is_on_the_map(value)]
        if free:
            self._ask(person, self.dice.sample(free, min(LIMIT, len(free))), "")

    def _place(self, hold: Hold, now: datetime) -> Hold | None:
        begin, asked = self._seconds(), [hold]
        if hold.key:
            self._first.setdefault(hold.key, hold)
        self._anew[threading.get_ident()] = asked
        try:
            stands = holding.place(hold, LIMIT, now)
        except (Crash, Problem, NotWritten, PynamoDBException, BotoCoreError, ClientError) as trouble:
            end = self._seconds()
            if isinstance(trouble, SeatsUnavailable):
                # A request that comes again with its key stands for the hold that the first one asked for.
                same = self._first.get(hold.key, asked[-1])
                self.told.refused(same, trouble.data["seatIds"], begin, end)
            if not (isinstance(trouble, Problem) and getattr(trouble.__cause__, "certain", True)):
                for one in asked:
                    self.told.perhaps_held(one, begin)
            assert not self._is_refused_its_own(asked, trouble), f"{hold.person_id} was refused his own {hold.seat_ids}"
            return None
        self.told.held(stands, begin, self._seconds())
        return stands

    def _ask_anew(self, hold: Hold, mark: str, now: datetime) -> Hold:
        anew = _ask_anew(hold, mark, now)
        self.auditor.new_hold(anew.hold_id, hold.person_id, hold.seat_ids)
        self._anew[threading.get_ident()].append(anew)
        return anew

    def _is_refused_its_own(self, asked: list[Hold], trouble: BaseException) -> bool:
        refusal = trouble.__cause__
        if not isinstance(refusal, Refused) or not all(map(rows.is_row, refusal.items)):
            return False
        there = {str(seat): value for item in refusal.items for seat, value in rows.values_of(item).items()}
        ours = {ids.to_bytes(one.hold_id) for one in asked}
        wanted = [there[seat] for seat in asked[0].seat_ids if seat in there]
        return bool(wanted) and all(value[6:] in ours and not is_on_the_map(value) for value in wanted)

    def _seconds(self) -> float:
        return (self.world.time - START).total_seconds()

    def _telling(self, kind: str, hold: HoldFacts, act: Callable[[], T], order: str = "") -> T:
        """What the act did to the hold's seats, if it was answered, and may have done otherwise."""
        did, begin = partial(self.told.did, person=hold.person, hold=hold.hold_id, seat_ids=hold.seats), self._seconds()
        if kind in ("sell", "keep"):
            did("extend", order=order, begin=begin, end=math.inf)
        try:
            answer = act()
        except (HoldExpired, SeatsLost, CardsExhausted, NotFound, PurchaseInProgress):
            if kind == "extend":
                did(kind, order=order, begin=begin, end=math.inf)
            raise
        except BaseException:
            did(kind, order=order, begin=begin, end=math.inf)
            raise
        did(kind, order=order, begin=begin, end=self._seconds())
        return answer

    def _release(self, person: str, hold: Hold) -> None:
        self._facts(hold).ending = True
        release = partial(release_hold, person, hold.hold_id, self.world.clock())
        self._request(lambda: self._telling("give back", self._facts(hold), release))

    def _buy(self, person: str, hold: Hold) -> None:
        asked, now = self.world.time, self.world.clock()
        deadline = now + DEADLINE
        order = self.auditor.new_order(ids.new("ord", now), self._facts(hold), deadline)

        def accept() -> None:
            held = get_hold(person, hold.hold_id, now)
            order.deadline = held.order_deadline(deadline)
            self.told.accepting(hold, order.deadline)
            transaction = Transaction()
            mark = OrderMark(order.order_id, "ORDER")
            transaction.put(mark, condition=OrderMark.pk.does_not_exist(), refused=AlreadyThere())
            pin_hold(transaction, held, order.order_id, order.deadline, now)
            transaction.commit()
            try:
                extend_rows(held, order.deadline)
            except HoldExpired:
                mine = order.hold.ending or self.world.time - asked > AT_ONCE
                assert mine, f"{order.order_id} was accepted, and its seats were gone"
                raise
            order.extended = True

        self._request(lambda: self._telling("extend", self._facts(hold), accept))
        self.world.later(self.dice.uniform(0.1, 4), self._sweep)

    def _sweep(self, always: bool = False) -> None:
        """Start what was accepted and not started: the order is there, whatever its buyer was told."""
        for order in self.auditor.orders.values():
            if order.order_id in self._started:
                continue
            key = {"pk": {"S": order.order_id}, "sk": {"S": "ORDER"}}
            if "Item" in ask_engine("GetItem", {"TableName": "orders", "Key": key}):
                self._started.add(order.order_id)
                late = self.dice.choice((0.5, 5.0, 2 * DEADLINE.total_seconds()))
                self.world.start(0 if always else self.dice.uniform(0, late), partial(self._purchase, order))

    # What runs for them.

    def _purchase(self, order: OrderFacts) -> None:
        """The saga's steps in inventory, each tried until it is done, and now and then once more."""
        purchase = Purchase(
            order.order_id, EVENT, order.hold.person, order.hold.hold_id, order.hold.seats, order.deadline
        )
        fate = self.dice.choices(["sold", "card", "capture", "refused"], [5, 2, 2, 1])[0]
        sell = partial(self._telling, "sell", order.hold, order=order.order_id)
        keep = partial(self._telling, "keep", order.hold)
        undo = partial(self._telling, "undo", order.hold, order=order.order_id)
        wants = fate in ("sold", "capture")
        sold = wants and self._step(lambda now: sell(lambda: sell_seats(purchase, now)))
        lost = wants and not sold and self.auditor.has_any(order)
        assert not lost, f"{order.order_id} was told that its seats are lost, and has them"
        if sold and fate == "sold":
            order.outcome = "sold"
            return
        order.ending = True
        if fate == "card" and self._step(lambda now: keep(lambda: keep_hold(purchase, now))):
            order.outcome = "kept"
            return
        order.hold.ending = True
        self._step(lambda now: undo(lambda: release_seats(purchase, now)))
        order.outcome = "failed"

    def _step(self, step: Callable[[datetime], None]) -> bool:
        for _ in range(TRIES):
            self.world.pause(self.dice.expovariate(1 / 1.5))
            try:
                step(self.world.clock())
            except (HoldExpired, SeatsLost, CardsExhausted):
                return False
            except (Crash, Problem, NotWritten, PynamoDBException, BotoCoreError, ClientError):
                continue
            if self.dice.random() < 0.15:
                delay = self.dice.choice((0.2, 3.0, FAR)) * self.dice.random()
                self.world.start(delay, lambda: self._request(lambda: step(self.world.clock())))
            return True
        raise AssertionError("a step of a purchase never ends")

    def _on_write(self, records: list[dict[str, Any]]) -> None:
        try:
            self.auditor.on_write(records)
        except AssertionError:
            if self._audited:
                raise
        for record in records:
            if record["dynamodb"]["Keys"]["pk"]["S"].startswith("R#"):
                again = self.dice.random() < 0.1
                for delay in [self.dice.uniform(0, 1.5)] + [self.dice.uniform(0, FAR)] * again:
                    self.world.start(delay, partial(self._project, record))

    def _project(self, record: dict[str, Any]) -> None:
        for _ in range(TRIES):
            try:
                project_seats.handler({"Records": [record]}, harness.CONTEXT)
            except (Crash, NotWritten, BotoCoreError, ClientError):
                self.world.pause(1)
                continue
            return
        raise AssertionError("a stream record is never projected")

    def _on_message(self, body: str, delay: float) -> None:
        again = self.dice.random() < 0.1
        for more in [self.dice.uniform(0, self._slow)] + [self.dice.uniform(0, FAR)] * again:
            self.world.start(delay + more, lambda: self._expire(body))

    def _expire(self, body: str) -> None:
        end = msgspec.json.decode(body, type=LeaseEnd)
        for _ in range(TRIES):
            try:
                expire_hold.expire_hold(end, self.world.clock())
            except (Crash, NotWritten, BotoCoreError, ClientError):
                self.world.pause(1)
                continue
            return
        raise AssertionError("a lease's end is never received")

    # What must be true in the end.

    def _map_is_right(self) -> None:
        """I26: the map shows what the rows say, seat by seat."""
        shown: Snapshot = snapshots.load(EVENT)
        wrong = {}
        for section in shown.sections:
            for index, row in enumerate(section.rows):
                for slot in range(section.sizes[index]):
                    free = bool(row.bits >> (47 - slot) & 1)
                    seat = next(s for s in self.auditor.slots if s == (section.section, index, slot))
                    if free != (self.auditor.slots[seat][:6] == bytes(6)):
                        wrong[str(seat)] = self.auditor.slots[seat].hex()
        assert not wrong, f"the map is wrong about {wrong}"

    def _every_free_seat_can_be_held(self) -> None:
        free = [str(seat) for seat, value in self.auditor.slots.items() if value[:6] == bytes(6)]
        for number, seat in enumerate(free):
            now = self.world.time + 2 * SKEW_MAX
            fare = quote(PRICING, [(seat, "best", "adult")], now + LEASE)
            person = f"late-{number}"
            hold = Hold(ids.new("hld", now), person, EVENT, [seat], now + LEASE, now + LEASE, now, fare, "", "asked")
            self.auditor.new_hold(hold.hold_id, person, [seat])
            holding.place(hold, LIMIT, now)

    def _request(self, act: Callable[[], T]) -> T | None:
        """What somebody gets who asks over the network: an answer, or trouble."""
        try:
            return act()
        except (Crash, Problem, NotWritten, PynamoDBException, BotoCoreError, ClientError):
            return None

    def _facts(self, hold: Hold) -> HoldFacts:
        return self.auditor.holds[ids.to_bytes(hold.hold_id)]

    def _seats(self) -> list[str]:
        """One to three seats: neighbours, or spread over rows and sections."""
        count = self.dice.choices([1, 2, 3], [3, 4, 2])[0]
        if self.dice.random() < 0.4:
            return self.dice.sample(EVERYWHERE, count)
        first = self.dice.randrange(len(EVERYWHERE) - count + 1)
        return EVERYWHERE[first : first + count]


@contextmanager
def _the_database() -> Iterator[None]:
    """Fresh tables in this process, and everything that looks for them finds them."""
    tables = {"TABLE_INVENTORY": "inventory", "TABLE_ORDERS": "orders"}
    variables = {**harness.ENVIRONMENT, **tables, "QUEUE_EXPIRIES": EXPIRIES, "QUEUE_TICKS": "ticks"}
    harness.forget_clients()
    make_tables()
    with (
        mock.patch.dict(os.environ, variables),
        mock.patch.object(catalog, "record_availability", lambda *_: None),
        mock.patch.object(cloudwatch, "print", lambda *_: None, create=True),
        mock.patch.object(sales, "known_event", lambda *_: SimpleNamespace(waiting_room=None)),
        mock.patch.object(sales, "check_stands", lambda _: None),
        mock.patch.multiple(pace, **PACE),
    ):
        yield
    harness.forget_clients()
