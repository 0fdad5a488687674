"""`python -m tests.simulation`: many seeded sales in bad weather; then each guard taken out, until it is missed.

Prints the seed of every sale that goes wrong (`--first SEED --runs 1` plays it again); for every guard what is found
first without it, by the auditor of each write and by the histories of the seats alone; and as its last line one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.simulation.guards import GUARDS, Missed
from tests.simulation.sale import Sale, Weather

SAY_EVERY = 50
WEATHERS = tuple(Weather)
"""By turns, so that a seed names its weather too."""
SEEDS_FOR_A_GUARD = 60
SECONDS_FOR_A_GUARD = 20
"""Of processor time, where the sale that is known finds nothing any more."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--runs", type=int, default=500, help="how many sales")
    parser.add_argument("--guards", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    began = time.monotonic()
    injected: Counter[str] = Counter()
    wrong, ghosts, undecided = [], 0, 0
    for number, seed in enumerate(range(asked.first, asked.first + asked.runs), 1):
        weather = WEATHERS[seed % len(WEATHERS)]
        sale = Sale(seed, weather=weather)
        if trouble := what_goes_wrong(sale):
            wrong.append(seed)
            print(f"seed {seed}, {weather.value}: {trouble}", flush=True)
        injected.update(sale.world.injected)
        ghosts += len(sale.auditor.ghosts)
        undecided += sale.told.undecided
        if number % SAY_EVERY == 0:
            print(f"{time.monotonic() - began:6.0f} s  {number} sales, {len(wrong)} went wrong", flush=True)
    found = {guard.__name__: what_is_found(guard, known) for guard, known in GUARDS.items()} if asked.guards else {}
    missed = [name for name, (by_auditor, by_histories) in found.items() if not (by_auditor or by_histories)]
    told: dict[str, Any] = {
        "sales": asked.runs,
        "first_seed": asked.first,
        "wrong": wrong,
        "ghosts": ghosts,
        "seats_undecided": undecided,
        "guards": len(GUARDS) if asked.guards else 0,
        "guards_caught_by_histories": sum(bool(by_histories) for _, by_histories in found.values()),
        "guards_not_missed": missed,
        "injected": dict(injected),
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(told), flush=True)
    return 1 if wrong or missed else 0


def what_goes_wrong(sale: Sale) -> str:
    """What the auditor finds, if anything."""
    try:
        sale.run()
    except AssertionError as violation:
        return str(violation)
    return ""


def what_is_found(guard: Callable[[], Any], known: Missed) -> tuple[str, str]:
    """Without this guard, by the auditor of each write, and by what people were told."""
    by_auditor = caught(guard, known)
    by_histories = caught(guard, known, seeds=1, by_histories=True)
    print(f"{guard.__name__}\n    auditor    {by_auditor or '-'}\n    histories  {by_histories or '-'}", flush=True)
    return by_auditor, by_histories


def caught(
    guard: Callable[[], Any], known: Missed, seeds: int = SEEDS_FOR_A_GUARD, *, by_histories: bool = False
) -> str:
    """What goes wrong in the sale that is known for it, or in the first of those after it."""
    began = time.process_time()
    for seed in range(known.seed, known.seed + seeds):
        with guard():
            trouble = what_goes_wrong(
                Sale(seed, weather=known.weather, audited=not by_histories, compared=by_histories)
            )
        if trouble:
            return f"{known.weather.value}, seed {seed}: {trouble}"
        if time.process_time() - began > SECONDS_FOR_A_GUARD:
            break
    return ""


if __name__ == "__main__":
    sys.exit(main())
