"""`make run`'s second half, as a person meets it: it starts, refuses with a sentence, stops, leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import pytest

from local.__main__ import INTERRUPTED

ROOT = Path(__file__).parents[2]
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 15
CODE = "functions:layers/kit/python"
READY = "Ctrl-C stops everything"

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by way of /proc"),
]


def free_port() -> int:
    """The first of three free ports in a row."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
        if port < 60_000 and all(is_free(port + offset) for offset in range(3)):
            return port


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def boxoffice(port: int, state_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "local", "run", "--port", str(port), "--state-dir", str(state_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": CODE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if READY in line:
            return said
    raise AssertionError(f"it ended before it was ready:\n{said}")


def rest(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=STOP_SECONDS_MAX)
    return said


def processes_of(parent: int) -> dict[int, str]:
    """Every process below `parent`, and what it runs."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    found: dict[int, str] = {}
    wanted = {parent}
    while wanted:
        wanted = {pid for pid, above in parents.items() if above in wanted}
        found |= {pid: commands[pid] for pid in wanted}
    return found


def gone(pids: Iterable[int]) -> bool:
    """Whether all of these end soon."""
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_it_serves_refuses_a_second_run_and_stops_with_all_it_started(tmp_path: Path) -> None:
    port = free_port()
    running = boxoffice(port, tmp_path)
    try:
        said = read_until_ready(running)
        assert f"Boxoffice is open at http://127.0.0.1:{port}\n" in said
        assert re.search(r"^ +\d+\.\d s  Starting the local cloud$", said, re.M)
        for part in ("fan@boxoffice.example", "4242 4242 4242 4242", f"http://127.0.0.1:{port}/_local/mail"):
            assert part in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/events", timeout=10) as answer:
            assert answer.headers["X-Cache"]

        second = boxoffice(port, tmp_path)
        sentence = rest(second).strip()
        assert second.returncode == 1
        assert sentence == (
            f"Boxoffice is already running from this folder (process {running.pid}, http://127.0.0.1:{port}): "
            "use that one, or stop it with Ctrl-C where it runs."
        )
        other = boxoffice(port, tmp_path / "other")
        sentence = rest(other).strip()
        assert other.returncode == 1
        assert sentence == (
            f"Port {port}, for the site, is in use: stop the program that uses it, or start with "
            f"`make run PORT={port + 10}`."
        )

        children = processes_of(running.pid)
        assert {"local.cloud", "local.edge", "local.stripe_standin"} <= {
            word for command in children.values() for word in command.split()
        }
        running.send_signal(signal.SIGINT)
        said = rest(running)
        assert (running.returncode, said.strip()) == (0, "Stopped.")
        assert gone(children)
        assert all(is_free(port + offset) for offset in range(3))
    finally:
        running.kill()


def test_a_killed_run_leaves_nothing_and_a_dead_part_is_named(tmp_path: Path) -> None:
    port = free_port()
    killed = boxoffice(port, tmp_path)
    assert killed.stdout is not None
    while "Starting the Stripe stand-in" not in killed.stdout.readline():
        assert killed.poll() is None
    children = processes_of(killed.pid)
    killed.kill()
    killed.wait()
    assert children
    assert gone(children)

    running = boxoffice(port, tmp_path)
    try:
        read_until_ready(running)
        edge = next(pid for pid, command in processes_of(running.pid).items() if "local.edge" in command)
        os.kill(edge, signal.SIGKILL)
        sentence = rest(running).strip()
        assert running.returncode == 1
        assert sentence == f"The local edge has ended unexpectedly; its log is {tmp_path / 'edge.log'}."
    finally:
        running.kill()


def test_sigterm_while_starting_stops_it_without_a_traceback(tmp_path: Path) -> None:
    starting = boxoffice(free_port(), tmp_path)
    assert starting.stdout is not None
    while "Starting the local cloud" not in starting.stdout.readline():
        assert starting.poll() is None
    children = processes_of(starting.pid)
    starting.terminate()
    said = rest(starting)
    assert starting.returncode == INTERRUPTED
    assert "Traceback" not in said
    assert said.endswith("Stopped.\n")
    assert gone(children)


def test_live_keys_of_stripe_are_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "run", "--port", str(free_port()), "--state-dir", str(tmp_path)]
    keys = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1"}
    env = {**os.environ, "PYTHONPATH": CODE, **keys}
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 1
    assert told.stderr.strip() == (
        "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must be test keys (sk_test_…, pk_test_…)."
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--chart", "no.json"], "There is no chart file no.json: name one with `make run CHART=FILE`."),
        (["--chart", "Makefile"], "Makefile is no seats.io chart: JSON is malformed: invalid character (byte 0)."),
        (["--chart", "cdk.json"], "cdk.json is no seats.io chart: Object missing required field `subChart`."),
        *(
            (
                ["--port", port],
                f"{port!r} is no port to start at: name one from 1 to 65533, as in `make run PORT=8000`.",
            )
            for port in ("abc", "0", "65534", "99999999", "")
        ),
    ],
)
def test_a_slip_gets_one_sentence_before_anything_starts(tmp_path: Path, asked: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", "local", "run", "--state-dir", str(tmp_path), *asked]
    env = {**os.environ, "PYTHONPATH": CODE}
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stderr.strip(), told.stdout.strip()) == (1, sentence, "")
