"""`python -m tests.stages check|test`: the stages in order, each with its seconds; ends at the first that fails."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
STAGE_SECONDS_MAX = 900
PYTEST = (sys.executable, "-m", "pytest")
TYPED = ("functions", "layers/kit/python/kit", "infra", "local", "tests", "app.py")

LINT = (sys.executable, "-m", "ruff", "check", ".")
FORMAT = (sys.executable, "-m", "ruff", "format", "--check", ".")
TYPES = (sys.executable, "-m", "mypy", *TYPED)
ALONE = ("tests/infra", "tests/local", "tests/browser", "tests/inventory/test_import_budget.py")
"""What starts processes, or measures times and so must run alone."""
LONGER = (
    "tests/faults",
    "tests/notifications",
    "tests/orders",
    "tests/payments",
    "tests/search",
    "tests/simulation",
    "tests/statemachines",
    "tests/tickets",
    "tests/waitingroom",
)
"""Most of all unit time: whole purchases, sales and draws, and what needs the Stripe stand-in."""
UNIT = (*PYTEST, "-m", "not cloud and not browser")
SPREAD = (*UNIT, "-n", "auto", "--dist", "loadfile")
FAST = (*SPREAD, *(f"--ignore={path}" for path in (*ALONE, *LONGER)))
REST = (*UNIT, *(path for path in ALONE if (ROOT / path).exists()))

Stages = dict[str, tuple[str, ...]]
CHECK: Stages = {"lint": LINT, "format": FORMAT, "types": TYPES, "unit": FAST}
TEST: Stages = {
    "Chromium": (sys.executable, "-m", "tests.chromium"),
    **CHECK,
    "longer unit": (*SPREAD, *LONGER),
    "assembly and local parts": REST,
    "web client": ("npm", "--prefix", "web", "run", "check"),
    "local cloud": (*PYTEST, "-m", "cloud and not browser"),
    "browser": (*PYTEST, "-m", "browser"),
}


def main(which: str) -> None:
    """Run the stages and print what each took."""
    took: dict[str, float] = {}
    failed = ""
    for name, command in {"check": CHECK, "test": TEST}[which].items():
        print(f"\n── {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, check=False, timeout=STAGE_SECONDS_MAX).returncode
        took[name] = time.monotonic() - began
        if code:
            failed = name
            break
    print("\n" + "\n".join(f"{seconds:7.1f} s  {name}" for name, seconds in took.items()))
    print(f"{sum(took.values()):7.1f} s  together", flush=True)
    sys.exit(f"\nFailed: {failed}" if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
