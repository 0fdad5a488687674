"""One decision: the processor time of which seats are best, and of a whole handler's call with what it costs."""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

from catalog import Chart, FocalPoint
from inventory import hold_seats
from inventory.best import Wish, choose
from inventory.neighbours import bit
from inventory.seating import SeatingRow, seating
from kit import clock
from tests import harness
from tests.bench.units import metered
from tests.bench.wishes import ROW_SEATS, WORKLOADS, house, wishes
from tests.inventory.house import open_event

STADIUM_ROWS = 1250
SHARE_LEFT = 0.05
TIMES = 25
CALLS = 200
WARM_UP = 40
"""By then every section has been read once."""


def choosing() -> dict[str, float]:
    """Median milliseconds of the choice among 50,000 seats: from an empty house to single seats alone."""
    rows = _stadium()
    dice = random.Random(7)
    every = sum(bit(slot) for slot in range(ROW_SEATS))
    few = {row.key: sum(bit(slot) for slot in range(ROW_SEATS) if dice.random() < SHARE_LEFT) for row in rows}
    single = {row.key: bit(7) | bit(29) for row in rows}
    seats = frozenset(["best"])
    cases = {
        "nothing_sold_2": ({row.key: every for row in rows}, Wish(2, seats), 0),
        "nothing_sold_8_in_a_crowd": ({row.key: every for row in rows}, Wish(8, seats), 3),
        "95_percent_sold_2": (few, Wish(2, seats), 0),
        "95_percent_sold_2_in_a_crowd": (few, Wish(2, seats), 3),
        "95_percent_sold_4": (few, Wish(4, seats), 0),
        "95_percent_sold_8_off": (few, Wish(8, seats, rule="off"), 0),
        "95_percent_sold_nobody_beside_anybody_2": (single, Wish(2, seats), 0),
        "95_percent_sold_nobody_beside_anybody_8": (single, Wish(8, seats), 0),
        "four_left_in_the_house_4": ({row.key: bit(7) for row in rows[::300]}, Wish(4, seats), 0),
    }
    return {name: _median_ms(rows, *case) for name, case in cases.items()}


def handling(chart: Chart) -> dict[str, dict[str, float]]:
    """The hold function for one request after the other, from the gateway's event to its answer: mean milliseconds of

    an answer, and what a hold costs the tables.
    """
    return {workload: _handling(chart, workload) for workload in WORKLOADS if workload != "hot"}


def _handling(chart: Chart, workload: str) -> dict[str, float]:
    event_id = open_event(chart, now=clock.now(), orphan_rule="lenient")
    people = [f"p{number}" for number in range(CALLS + WARM_UP)]
    requests = [
        harness.http_event(body={"eventId": event_id, **wish.body()}, person=wish.person, route="POST /seats/hold")
        for wish in wishes(workload, people, seed=3)
    ]
    for request in requests[:WARM_UP]:
        hold_seats.handler(request, harness.CONTEXT)
    start = time.thread_time()
    answers = [hold_seats.handler(request, harness.CONTEXT) for request in requests[WARM_UP : WARM_UP + CALLS // 2]]
    spent = time.thread_time() - start
    with metered() as units:
        counted = [hold_seats.handler(request, harness.CONTEXT) for request in requests[WARM_UP + CALLS // 2 :]]
    assert all(answer["statusCode"] == 201 for answer in answers + counted)
    return {
        "cpu_ms": round(spent * 1000 / len(answers), 2),
        "write_units_per_hold": round(units["written"] / len(counted), 2),
        "read_units_per_hold": round(units["read"] / len(counted), 2),
    }


def _median_ms(rows: list[SeatingRow], free: dict[tuple[str, int], int], wish: Wish, crowding: int) -> float:
    spent = []
    for spread in range(TIMES):
        start = time.thread_time()
        assert len(choose(rows, free, wish, spread * 7919, crowding)) == wish.quantity
        spent.append(time.thread_time() - start)
    return round(statistics.median(spent) * 1000, 2)


def _stadium() -> list[SeatingRow]:
    chart: Any = house(rows=STADIUM_ROWS, sections=50)
    return seating([(section, FocalPoint(5500, -200)) for section in chart.sections])
