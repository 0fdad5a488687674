"""`make faults`: every cell of the matrix, ten thousand orders in one thread, its control, three hundred on the
local cloud. The campaign runs beside the rest, since it takes one processor. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import Any

from tests.faults import campaign, cells_after_money, cells_before_money, cells_of_money, on_the_cloud  # noqa: F401
from tests.faults.cells import CELLS, play

SECONDS_MAX = 480
CONTROL_ORDERS = 400
CAMPAIGN_SECONDS_MAX = 470


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000, help="of the campaign (default 10000)")
    parser.add_argument("--cloud-orders", type=int, default=300, help="on the local cloud (default 300)")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="default: another each time")
    asked = parser.parse_args()
    began = time.monotonic()
    _say(f"SEED={asked.seed}")
    with tempfile.TemporaryFile("w+") as told:
        command = [sys.executable, "-m", "tests.faults.campaign", "--orders", str(asked.orders)]
        running = subprocess.Popen(
            [*command, "--seed", str(asked.seed)], stdout=told, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        try:
            cloud = on_the_cloud.run(asked.cloud_orders, asked.seed)
            _say("The matrix")
            held = _play_all()
            _say("The control: idempotency keys switched off")
            control = campaign.run(CONTROL_ORDERS, asked.seed, keys=False)
            _say("The campaign")
            running.wait(timeout=CAMPAIGN_SECONDS_MAX)
        finally:
            running.kill()
        told.seek(0)
        lines = told.read().splitlines()
    print("\n".join(lines))
    random: dict[str, Any] = json.loads(lines[-1])
    violations = random["violations"] + len(cloud["violations"])
    print("\n".join(cloud["violations"]))
    seconds = round(time.monotonic() - began, 1)
    result = {
        "cells": len(CELLS),
        "held": sum(held.values()),
        "campaign_orders": random["campaign_orders"],
        "cloud_orders": cloud["orders"],
        "violations": violations,
        "control_found_double_charge": bool(control.double_charges),
        "seconds": seconds,
    }
    print(json.dumps(result))
    met = result["held"] == len(CELLS) and not violations and control.double_charges and seconds < SECONDS_MAX
    return 0 if met else 1


def _play_all() -> Counter[str]:
    held: Counter[str] = Counter()
    for row in CELLS:
        try:
            played = play(row)
            held[str(row)] = 1
            _say(f"  {row}: {row.text}" + (f" ({played} ways)" if played > 1 else ""))
        except AssertionError as failed:
            _say(f"  {row} DOES NOT HOLD: {row.text}: {failed}")
    return held


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
