"""The front door is light: whoever asks for a payment does not load what talks to Stripe."""

from __future__ import annotations

import subprocess
import sys


def test_asking_for_a_payment_does_not_import_stripe() -> None:
    code = "import sys, payments; print([name for name in ('stripe', 'requests') if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout.strip() == "[]"
