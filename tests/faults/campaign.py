"""A seeded random campaign: many people buy while everything goes wrong; then all is quiet, and the auditor looks.

`python -m tests.faults.campaign --orders 10000 --seed 7` replays one.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial

from msgspec import structs

from catalog.charts import Chart
from catalog.events import RefundPolicy
from tests.faults.auditor import Audit
from tests.faults.buyers import Buyer, Operator, Organizer
from tests.faults.world import World
from tests.inventory import house

ORDERS_PER_SECOND = 2.0
POLICY = RefundPolicy(until_hours_before_start=1, fees_returned=True)
ROWS = 60
"""Of 48 places, in each event's standing areas: three thousand places for some seventeen hundred wanted."""
AREAS = ("floor", "terrace")
CALLED_OFF_AT = 0.8
"""Of the time in which people order: the last evening is cancelled, with its purchases still going on."""
ORDERS_PER_EVENT = 800
REGULARS = 6
REGULAR_SHARE = 0.04
"""Few people who order again and again, so that the fraud step has something to say."""
CALM_SECONDS = 3600.0
"""T of I9 and I23: what an outage held up has ended an hour after it."""
QUIET_SECONDS = 4 * 86_400.0
"""Stripe delivers for three days."""
AWS = {
    **dict.fromkeys(("crash-before", "crash-after"), 0.0015),
    **dict.fromkeys(("unreached", "lost", "throttled", "conflict", "broken", "twice"), 0.001),
}
STRIPE = {
    **dict.fromkeys(("crash-before", "crash-after"), 0.005),
    **dict.fromkeys(("unreached", "lost", "429", "409", "500-before", "500-after", "503"), 0.01),
}
OUTAGE = {"unreached": 0.4, "lost": 0.3, "503": 0.1, "500-after": 0.1}
"""Stripe, for up to twenty minutes."""
THROTTLING = {"throttled": 0.2, "conflict": 0.1}
"""DynamoDB for half a minute."""


@dataclass
class Outcome:
    seed: int
    orders: int
    violations: list[str]
    double_charges: list[str]
    ends: Counter[str]
    struck: Counter[str]
    seconds: float


def run(orders: int, seed: int, *, keys: bool = True, say: bool = False) -> Outcome:
    """So many orders at least, with trouble; `keys` off is the control."""
    began = time.perf_counter()
    world = World(seed, keys=keys)
    chance = random.Random(seed + 2)
    with world.entered():
        chart = _house()
        evenings = [
            house.open_event(chart, now=world.clock.now, refund_policy=POLICY)
            for _ in range(orders // ORDERS_PER_EVENT + 2)
        ]
        world.twice = world.deliveries.twice = 0.03
        world.interleaved = 0.02
        seconds = orders / ORDERS_PER_SECOND
        buyers = [_buyer(world, number, evenings, chance) for number in range(orders)]
        for number, buyer in enumerate(buyers):
            world.clock.after(number / ORDERS_PER_SECOND, buyer.begin)
        world.schedules(seconds + 3 * 3600)
        operator = Operator(world, random.Random(seed + 3))
        for moment in range(0, int(seconds) + 3600, 30):
            world.clock.after(moment, operator.look)
        organizer = Organizer(world, evenings[-1])
        world.clock.after(CALLED_OFF_AT * seconds, organizer.call_off)
        for moment in range(0, int(seconds) + 3 * 3600, 600):
            world.clock.after(moment, organizer.look)
        _weather(world, seconds, chance)
        while world.clock.seconds < seconds + 1800:
            world.run(300)
            if say:
                print(f"  {world.clock.seconds:7.0f} s: {len(world.machine().executions)} orders", flush=True)
        world.trouble.clear()
        world.twice = world.deliveries.twice = world.interleaved = 0.0
        world.run(CALM_SECONDS)
        found = [f"{one}, an hour after the trouble" for one in Audit(world).late()]
        world.run(QUIET_SECONDS)
        audit = Audit(world)
        found += audit.violations()
        off = organizer.progress()
        if off["status"] != "finished":
            found.append(f"I24 {organizer.event_id}: {off}")
        for buyer in buyers:
            found += [f"I15 {key}: {answers}" for key, answers in buyer.answers.items() if len(answers) > 1]
        ends = Counter(f"{one['status']} {one.get('reason', '')}".strip() for one in audit.orders.values())
        double = audit.double_charges()
        return Outcome(seed, len(audit.orders), found, double, ends, world.trouble.struck, time.perf_counter() - began)


def _buyer(world: World, number: int, evenings: list[str], chance: random.Random) -> Buyer:
    regular = chance.random() < REGULAR_SHARE
    person = f"regular-{chance.randrange(REGULARS)}" if regular else f"person-{number}"
    evening = chance.choice(evenings) if regular else evenings[number % len(evenings)]
    rows = [f"{area}-{row}" for area in AREAS for row in range(ROWS // len(AREAS))]
    return Buyer(world, person, evening, rows, random.Random(chance.random()))


def _house() -> Chart:
    """A hold may be in two rows of one area or of both."""
    chart = house.chart(floor=ROWS // len(AREAS) * 48)
    *seated, floor = chart.sections
    areas = [structs.replace(floor, key=key, label=key.title()) for key in AREAS]
    return structs.replace(chart, sections=[*seated, *areas])


def _weather(world: World, seconds: float, chance: random.Random) -> None:
    """The usual trouble, and bad half minutes and bad minutes in between."""

    def usual() -> None:
        world.trouble.everywhere("aws", AWS)
        world.trouble.everywhere("stripe", STRIPE)

    usual()
    at = 0.0
    while (at := at + chance.uniform(120, 1500)) < seconds:
        boundary, rates, lasts = chance.choice((("stripe", OUTAGE, chance.uniform(30, 1200)), ("aws", THROTTLING, 30)))
        world.clock.after(at, partial(world.trouble.everywhere, boundary, rates))
        world.clock.after(at + lasts, usual)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-keys", action="store_true", help="the control: double charges are to be found")
    asked = parser.parse_args()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)  # the world only grows: looking for garbage in it again and again is a fifth
    outcome = run(asked.orders, asked.seed, keys=not asked.without_keys, say=True)
    for violation in outcome.violations[:40]:
        print(violation)
    print(f"ends: {dict(outcome.ends)}\ntrouble: {dict(outcome.struck)}")
    if outcome.violations:
        print(f"replay with: make faults SEED={outcome.seed} ORDERS={asked.orders}")
    print(
        json.dumps(
            {
                "campaign_orders": outcome.orders,
                "violations": len(outcome.violations),
                "double_charges": len(outcome.double_charges),
                "seconds": round(outcome.seconds, 1),
            }
        )
    )
    return 0 if not outcome.violations else 1


if __name__ == "__main__":
    raise SystemExit(main())
