"""`python -m local run --port N [--chart FILE]`: what `make run` starts once everything is installed."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

from local.demo import ACCOUNTS, PASSWORD, PRESALE_CODE
from local.prepare import node
from local.run import SHARED_STATE, NotStarted, RunningBoxoffice

CHECK_SECONDS = 0.5
PORT_MAX = 65_535 - 2
"""The two above it are taken, too."""
TEST_CARDS = {
    "4242 4242 4242 4242": "pays",
    "4000 0000 0000 0002": "is declined",
    "4000 0000 0000 9995": "lacks the money",
    "4000 0000 0000 3220": "asks for 3-D Secure",
}
INTERRUPTED = 130


class Stopped(BaseException):
    """Somebody asked for the end, with Ctrl-C or SIGTERM, before everything was ready."""


class Closed(Stopped):
    """Somebody asked for the end of what was ready: the usual way out, and no failure."""


def main() -> None:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=["run"])
    parser.add_argument("--port", default="8000")
    parser.add_argument("--chart", type=Path, help="a seats.io chart to sell an event on")
    parser.add_argument("--state-dir", type=Path, default=SHARED_STATE)
    asked = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        node()
        if asked.chart is not None and not asked.chart.is_file():
            raise NotStarted(f"There is no chart file {asked.chart}: name one with `make run CHART=FILE`.")
        _run(_port(asked.port), asked.chart, asked.state_dir.resolve())
    except NotStarted as problem:
        sys.exit(f"\n{problem}")
    except Stopped as stopped:
        print("\nStopped.", flush=True)
        sys.exit(0 if isinstance(stopped, Closed) else INTERRUPTED)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= PORT_MAX):
        raise NotStarted(f"{text!r} is no port to start at: name one from 1 to {PORT_MAX}, as in `make run PORT=8000`.")
    return int(text)


def _run(port: int, chart: Path | None, state_dir: Path) -> None:
    began = time.monotonic()

    def say(step: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {step}", flush=True)

    with (
        _only_one(state_dir, port),
        RunningBoxoffice.start(port, "full", chart, state_dir, say) as boxoffice,
    ):
        say("Ready")
        print(welcome(boxoffice), flush=True)
        try:
            while True:
                time.sleep(CHECK_SECONDS)
                boxoffice.check()
        except Stopped as stopped:
            raise Closed from stopped


def welcome(boxoffice: RunningBoxoffice) -> str:
    """Where to click, who to be, and what to pay with."""
    rows = [
        ("", f"Boxoffice is open at {boxoffice.site_url}"),
        ("", ""),
        *labelled("Sign in as", ACCOUNTS),
        ("Password", f"{PASSWORD} for all of them"),
        *labelled("Pay with", [f"{number}  {what}" for number, what in TEST_CARDS.items()]),
        (" ", "any future date, any CVC"),
        ("Presale", f"{PRESALE_CODE} opens One Night Only before its sale does"),
        ("Mail", f"{boxoffice.site_url}/_local/mail"),
        ("AWS", f"{boxoffice.cloud.endpoint_url} (any keys)"),
        ("Stripe", boxoffice.stripe.standin.url if boxoffice.stripe.standin else "its own test mode"),
        ("", ""),
        ("", "Ctrl-C stops everything. Every start begins with fresh demo data."),
    ]
    lines = (f"  {label:<12}{text}" if label else f"  {text}" for label, text in rows)
    return "\n".join(["", *(line.rstrip() for line in lines), ""])


def labelled(label: str, lines: Iterable[str]) -> list[tuple[str, str]]:
    """The label before the first line, the others below it."""
    return [(label if number == 0 else " ", line) for number, line in enumerate(lines)]


@contextmanager
def _only_one(state_dir: Path, port: int) -> Iterator[None]:
    """Two runs from one folder would deploy over each other."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise NotStarted(_already_running(lock)) from problem
        lock.truncate(0)
        lock.write(f"{os.getpid()} {port}")
        lock.flush()
        yield


def _already_running(lock: TextIO) -> str:
    lock.seek(0)
    process, _, port = lock.read().partition(" ")
    return (
        f"Boxoffice is already running from this folder (process {process}, http://127.0.0.1:{port}): "
        "use that one, or stop it with Ctrl-C where it runs."
    )


def _stop(number: int, frame: FrameType | None) -> None:
    """The first signal stops; what stops then is not disturbed by a second."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


if __name__ == "__main__":
    main()
