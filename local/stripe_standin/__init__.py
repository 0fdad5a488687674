"""A small stateful stand-in for the part of Stripe's HTTP API that Boxoffice uses.

It keeps its book in memory, speaks to the real `stripe` SDK and to its own `/v3/` script in the
browser, and sends signed webhooks. `/_standin/…` (see `admin`) is for tests and auditors.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

DEFAULT_WEBHOOK_SECRET = "whsec_standin"  # noqa: S105  the stand-in's own, guards nothing
_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 20


class StripeStandIn:
    """A running stand-in: `with StripeStandIn.start(0, webhook_url) as stripe: stripe.url`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    @classmethod
    def start(
        cls,
        port: int = 0,
        webhook_url: str | None = None,
        webhook_secret: str = DEFAULT_WEBHOOK_SECRET,
        webhook_events: Iterable[str] = (),
    ) -> StripeStandIn:
        """Start it on 127.0.0.1 and return once it listens; it ends with this process at the latest.

        Events of the types `webhook_events` are sent, or all if none is named.

        Raises RuntimeError with the stand-in's own words when it does not come up.
        """
        command = [sys.executable, "-m", "local.stripe_standin", "--port", str(port), "--with-parent"]
        command += ["--webhook-secret", webhook_secret]
        command += ["--webhook-url", webhook_url] if webhook_url else []
        command += [f"--webhook-event={kind}" for kind in webhook_events]
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        line = process.stdout.readline() if ready else ""
        if "http://" not in line:
            _end(process)
            raise RuntimeError(f"The Stripe stand-in did not start on port {port}.")
        return cls(process, line[line.index("http://") :].strip())

    def stop(self) -> None:
        _end(self.process)

    def __enter__(self) -> StripeStandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call `/_standin/{path}`: GET without a body, POST with one. Answers the decoded JSON."""
        request = urllib.request.Request(  # noqa: S310  our own loopback address
            f"{self.url}/_standin/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=5)
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
