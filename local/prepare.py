"""What must be there before anything runs: the virtual environment and the built web client.

Run by `make` with whatever `python3` there is, so it uses the standard library only and syntax that an
old Python can read far enough to be told that it is too old. Each part is stamped with what it was made
from, after it was finished: done work is skipped, changed or half-finished work is done again.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable, Iterator, Sequence  # noqa: UP035  see above

ROOT = Path(__file__).resolve().parent.parent
PYTHON_MIN = (3, 11)
NODE_MIN = (20, 19)
NOT_SOURCES = ("node_modules", "dist", "test-results", "__pycache__", "coverage")
COMMAND_SECONDS_MAX = 1800


def main(wanted: Sequence[str]) -> None:
    """Prepare `venv` and `web`, those that are named."""
    state = ROOT / ".local"
    state.mkdir(exist_ok=True)
    try:
        with only_one(state / "prepare.lock"):
            if "venv" in wanted:
                prepare_venv(ROOT, python())
            if "web" in wanted:
                node()
                prepare_web(ROOT)
    except KeyboardInterrupt:
        sys.exit(130)


def python() -> str:
    """This Python, or the newest good one on the PATH."""
    if sys.version_info[:2] >= PYTHON_MIN:
        return sys.executable
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found:
            return found
    raise SystemExit(
        f"Boxoffice needs Python 3.11 or later, and {sys.executable} is {sys.version.split()[0]}: "
        "install a newer one, or name it with `make run PYTHON=/path/to/python3`."
    )


def node() -> None:
    """Stop with a sentence unless Node is there and new enough."""
    needed = "Boxoffice needs Node 20.19 or later"
    remedy = "install it from https://nodejs.org or with your package manager, then run this again."
    program = shutil.which("node")
    if program is None or shutil.which("npm") is None:
        raise SystemExit(f"{needed}, and `node` or `npm` is not installed: {remedy}")
    asked = subprocess.run([program, "--version"], stdout=subprocess.PIPE, check=False, timeout=30)
    said = asked.stdout.decode().strip()
    version = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if version < NODE_MIN:
        raise SystemExit("{}, and `node` is {}: {}".format(needed, said or "broken", remedy))


def prepare_venv(root: Path, interpreter: str) -> None:
    """`.venv` with the pinned packages."""
    venv, stamp, logs = root / ".venv", root / ".venv" / "prepared", root / ".local"
    files = [
        root / "requirements.txt",
        *(root / f"layers/{name}/requirements.txt" for name in ("dependencies", "search", "beacon")),
    ]
    key = digest(root, files)
    if is_stamped(stamp, key):
        return
    if not stamp.exists():
        shutil.rmtree(str(venv), ignore_errors=True)
        made = run([interpreter, "-m", "venv", str(venv)], root, "Making .venv", logs / "venv.log")
        if not made:
            shutil.rmtree(str(venv), ignore_errors=True)
            raise SystemExit(
                "Python cannot make a virtual environment here: install its venv package (on Debian "
                "`apt install python3-venv`), then run this again. Details: .local/venv.log"
            )
    install = [str(venv / "bin/python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    what = "Installing Python packages (a minute or two, once)"
    if not run([*install, "-r", "requirements.txt"], root, what, logs / "pip.log"):
        raise SystemExit(
            "The Python packages could not be installed: check the network and the reason in "
            ".local/pip.log, then run this again."
        )
    stamp.write_text(key)


def prepare_web(root: Path) -> None:
    """`web/dist`, built from the pinned packages."""
    web = root / "web"
    modules, built, logs = web / "node_modules" / ".prepared", root / ".local" / "web.prepared", root / ".local"
    key = digest(root, [web / "package.json", web / "package-lock.json"])
    if not is_stamped(modules, key):
        what = "Installing the web client's packages"
        if not run(["npm", "ci", "--no-audit", "--no-fund"], web, what, logs / "npm.log"):
            raise SystemExit(
                "The web client's packages could not be installed: check the network and the reason in "
                ".local/npm.log, then run this again."
            )
        modules.write_text(key)
    key = digest(root, sources(web))
    if is_stamped(built, key) and (web / "dist" / "index.html").exists():
        return
    if not run(["npm", "run", "build"], web, "Building the web client", logs / "web.log"):
        raise SystemExit("The web client does not build: the reason is in .local/web.log.")
    built.write_text(key)


def sources(folder: Path) -> list[Path]:
    """Every file that something is built from, in a fixed order."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name in NOT_SOURCES or path.name.startswith("."):
            continue
        found += sources(path) if path.is_dir() else [path]
    return found


def digest(root: Path, files: Iterable[Path]) -> str:
    """One hash of names and contents."""
    summed = hashlib.sha256()
    for path in files:
        summed.update(path.relative_to(root).as_posix().encode() + b"\0")
        summed.update(hashlib.sha256(path.read_bytes()).digest())
    return summed.hexdigest()


def is_stamped(stamp: Path, key: str) -> bool:
    return stamp.exists() and stamp.read_text() == key


def run(command: Sequence[str], folder: Path, what: str, log: Path) -> bool:
    """Run a command that may take a while; its words go to `log`. Says how long it took."""
    say(what + " …")
    began = time.monotonic()
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, cwd=str(folder), stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT
        )
        try:
            code = process.wait(timeout=COMMAND_SECONDS_MAX)
        except BaseException:
            process.kill()
            process.wait()
            raise
    if code == 0:
        say("{} took {:.0f} s".format(what.partition(" (")[0], time.monotonic() - began))
    return code == 0


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock; another `make` that prepares is waited for."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another make that is preparing the same files …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main(sys.argv[1:] or ["venv", "web"])
