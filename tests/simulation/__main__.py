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

from tests.simulation.guards import GUARDS
from tests.simulation.sale import Sale

SAY_EVERY = 50
SEEDS_FOR_A_GUARD = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--runs", type=int, default=500, help="how many sales")
    parser.add_argument("--guards", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    began = time.monotonic()
    injected: Counter[str] = Counter()
    wrong, ghosts = [], 0
    for number, seed in enumerate(range(asked.first, asked.first + asked.runs), 1):
        sale = Sale(seed)
        if trouble := what_goes_wrong(sale):
            wrong.append(seed)
            print(f"seed {seed}: {trouble}", flush=True)
        injected.update(sale.world.injected)
        ghosts += len(sale.auditor.ghosts)
        if number % SAY_EVERY == 0:
            print(f"{time.monotonic() - began:6.0f} s  {number} sales, {len(wrong)} went wrong", flush=True)
    found = {guard.__name__: what_is_found(guard) for guard in GUARDS} if asked.guards else {}
    missed = [name for name, finds in found.items() if not any(finds)]
    told: dict[str, Any] = {
        "sales": asked.runs,
        "first_seed": asked.first,
        "wrong": wrong,
        "ghosts": ghosts,
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


def what_is_found(guard: Callable[[], Any]) -> tuple[str, str]:
    """Without this guard, by the auditor and by the histories alone."""
    by_auditor, by_histories = caught(guard), caught(guard, audited=False)
    print(f"{guard.__name__}\n    auditor    {by_auditor or '-'}\n    histories  {by_histories or '-'}", flush=True)
    return by_auditor, by_histories


def caught(guard: Callable[[], Any], seeds: int = SEEDS_FOR_A_GUARD, *, audited: bool = True) -> str:
    """What goes wrong in the first sale that does without the guard."""
    for seed in range(seeds if audited else seeds // 4):
        with guard():
            trouble = what_goes_wrong(Sale(seed, audited=audited))
        if trouble:
            return f"seed {seed}: {trouble}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
