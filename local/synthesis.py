"""The synthesized CDK app, made again only when something it is made from has changed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.prepare import ROOT, digest, sources

SYNTHESIS_SECONDS_MAX = 180
_MADE_FROM = (
    "app.py",
    "cdk.json",
    "requirements.txt",
    "infra",
    "functions",
    "layers/kit",
    "layers/dependencies/requirements.txt",
    "layers/search/requirements.txt",
    "layers/beacon/requirements.txt",
    "statemachines",
    "web/dist",
)


class SynthesisFailed(RuntimeError):
    """The CDK app could not be synthesized. Its text is one sentence with the log's path."""


class Synthesis:
    """A synthesis under way, or one that need not be: `with Synthesis(folder) as it: it.assembly()`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._assembly = folder / "assembly"
        self._stamp = folder / "assembly.prepared"
        self._log = folder / "synth.log"
        self._key = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Synthesis:
        if not (ROOT / "web/dist/index.html").exists():
            raise SynthesisFailed("The web client is not built: run `python3 local/prepare.py` first.")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self._folder / "synth.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._key = _key()
        if not self.is_current:
            self._stamp.unlink(missing_ok=True)
            shutil.rmtree(self._assembly, ignore_errors=True)
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "app.py"],
                    cwd=ROOT,
                    env={
                        **os.environ,
                        "CDK_OUTDIR": str(self._assembly),
                        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
                    },
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._lock.close()

    @property
    def is_current(self) -> bool:
        """Whether the assembly that is there was made from the files as they are."""
        return self._stamp.exists() and self._stamp.read_text() == self._key

    def assembly(self) -> Path:
        """The finished assembly. Raises SynthesisFailed."""
        if self._process is not None:
            try:
                code = self._process.wait(timeout=SYNTHESIS_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                code = -1
            if code != 0:
                raise SynthesisFailed(f"The CDK app does not synthesize: the reason is in {self._log}.")
            self._stamp.write_text(self._key)
        return self._assembly


def _key() -> str:
    return digest(ROOT, [path for name in _MADE_FROM for path in _files(ROOT / name)])


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sources(path)
    return [path] if path.exists() else []
