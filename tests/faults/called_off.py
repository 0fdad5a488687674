"""A full house is called off: everybody gets everything back once, while the payment service refuses for a while, calls
are lost, processes end, and somebody stops the machine in the middle and goes on with it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.faults.auditor import Audit
from tests.faults.campaign import AWS, STRIPE
from tests.faults.machine import Failed
from tests.faults.world import World
from tests.inventory import house

SIZES = (2, 4, 2, 8)
"""Seats of one order after the other: three times these fill a row of 48."""
ROW = 48
ORDERS_PER_SECOND = 4.0
LOOKS = 20
"""In the time that all would take if nothing went wrong: some four hundred orders a second, since a step takes none."""
REFUSES_FROM, REFUSES_SECONDS = 0.2, 900.0
STOPPED_AT, STOPPED_SECONDS = 0.5, 1800.0
LESS_OFTEN = 1.1
TRIES = 9
GIVE_UP_SECONDS = 6 * 3600.0
Say = Callable[[str], None]


@dataclass
class CalledOff:
    """`refunds`: how many were made at Stripe. `repeats`: orders with more than one."""

    seats: int
    orders: int
    refunds: int
    repeats: int
    stopped_at: int
    moved_while_stopped: int
    refused: int
    seconds: float
    violations: list[str]
    end: dict[str, Any]


class House:
    """An evening with so many places, all of them sold."""

    def __init__(self, world: World, seats: int) -> None:
        self._world, self._seats = world, seats
        self._event_id = house.open_event(house.chart(floor=seats), now=world.clock.now)

    def sell(self) -> None:
        wanted = list(self._neighbours())
        for number, seat_ids in enumerate(wanted):
            self._world.clock.after(number / ORDERS_PER_SECOND, partial(self._buy, f"fan-{number}", seat_ids))
        self._world.run(len(wanted) / ORDERS_PER_SECOND + 60)

    def _neighbours(self) -> Iterator[list[str]]:
        for row, first in enumerate(range(0, self._seats, ROW)):
            left = [f"floor-{row}-{slot}" for slot in range(min(ROW, self._seats - first))]
            for size in itertools.cycle(SIZES):
                if not left:
                    break
                yield left[:size]
                left = left[size:]

    def _buy(self, person: str, seat_ids: list[str]) -> None:
        body: dict[str, Any] = {"eventId": self._event_id, "seatIds": seat_ids}
        status, basket = self._world.call("POST /seats/hold", "inventory.hold_seats", person, body=body)
        assert status == 201, basket
        body = {"holdId": basket["holdId"], "paymentInfo": {"paymentMethodId": "pm_card_visa"}}
        headers = {"idempotency-key": person}
        status, order = self._world.call("POST /orders", "orders.start_purchase", person, body=body, headers=headers)
        assert status == 202, order

    def call_off(self) -> dict[str, Any]:
        """Or go on with it."""
        return self._ask("POST /organizer/events/{eventId}/cancel", "orders.cancel_event", 202)

    def progress(self) -> dict[str, Any]:
        return self._ask("GET /organizer/events/{eventId}/cancellation", "orders.show_cancellation", 200)

    def _ask(self, route: str, verb: str, wanted: int) -> dict[str, Any]:
        """An organizer who tries again where no answer comes."""
        path, status, answer = {"eventId": self._event_id}, 0, None
        for _ in range(TRIES):
            with suppress(Failed):
                status, answer = self._world.call(route, verb, "olga", groups=("organizer",), path=path)
            if status == wanted and answer:
                return dict(answer)
        raise AssertionError(answer)

    def stop(self) -> None:
        machine = self._world.machine("event-change")
        [running] = [name for name, execution in machine.executions.items() if execution.status == "RUNNING"]
        machine.stop(running)


def run(seats: int, seed: int = 1, say: Say = lambda text: None) -> CalledOff:
    """Sell so many seats, then give everything back in bad weather."""
    world = World(seed)
    with world.entered():
        evening = House(world, seats)
        evening.sell()
        sold = len(world.machine().executions)
        say(f"{sold} orders for {seats} seats")
        began = world.clock.seconds
        world.schedules(GIVE_UP_SECONDS)
        world.trouble.everywhere("aws", AWS)
        world.trouble.everywhere("stripe", STRIPE)
        evening.call_off()
        _until(world, evening, REFUSES_FROM, say)
        world.trouble.everywhere("stripe", {"503": 1.0})
        world.run(REFUSES_SECONDS)
        refused = evening.progress()
        say(f"refused for {REFUSES_SECONDS:.0f} s: {refused['done']} done, {refused['failed']} failed")
        world.trouble.everywhere("stripe", STRIPE)
        _until(world, evening, STOPPED_AT, say)
        evening.stop()
        stopped = evening.progress()
        world.run(STOPPED_SECONDS)
        later = evening.progress()
        say(f"stopped with {stopped['done']} done; half an hour later {later['done']}, {later['status']}")
        evening.call_off()
        _until(world, evening, 1.0, say)
        seconds = world.clock.seconds - began
        world.trouble.clear()
        world.run(4 * 86_400.0)
        end = evening.progress()
        intents = Counter(one["payment_intent"] for one in world.bank.all("refund"))
        found = Audit(world).violations()
        return CalledOff(
            seats=seats,
            orders=sold,
            refunds=intents.total(),
            repeats=sum(times > 1 for times in intents.values()),
            stopped_at=stopped["done"],
            moved_while_stopped=later["done"] - stopped["done"],
            refused=world.trouble.struck["503"],
            seconds=seconds,
            violations=[one for one in found if not _is_expected(one)],
            end=end,
        )


def _until(world: World, evening: House, share: float, say: Say) -> None:
    """Let time pass until so many are done; ask to go on wherever it stopped with some that failed."""
    until = world.clock.seconds + GIVE_UP_SECONDS
    shown, pause = evening.progress(), 0.0
    while world.clock.seconds < until:
        pause = pause * LESS_OFTEN or (shown["orders"] or 400) / 400 / LOOKS
        world.run(pause)
        before, shown = shown, evening.progress()
        if shown["done"] > before["done"]:
            say(f"  {world.clock.seconds:8.1f} s: {shown['done']} of {shown['orders']}, {shown['failed']} failed")
        if shown["orders"] is not None and shown["done"] >= share * shown["orders"]:
            return
        if shown["status"] == "stopped":
            evening.call_off()
    raise AssertionError("it does not end")


def _is_expected(violation: str) -> bool:
    """The execution that was stopped by hand stays so."""
    return violation.startswith("I23") and "ABORTED" in violation
