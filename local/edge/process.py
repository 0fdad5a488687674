"""The edge as a child process of the supervisor."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from local.cloud import REGION

_ROOT = Path(__file__).parents[2]
_START_SECONDS_MAX = 20
_STOP_SECONDS_MAX = 5
READY = "ready"


class EdgeNotStarted(RuntimeError):
    """The edge could not start. Its text is one sentence with the log's path."""


class EdgeProcess:
    """A running edge. Leaving the `with` block, `stop`, or the end of this process ends it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    def start(cls, assembly: Path, cloud_url: str, site: socket.socket, mail: socket.socket, log: Path) -> EdgeProcess:
        """Serve the assembly's distribution on `site` and receive mail on `mail`, two listening sockets.

        Raises EdgeNotStarted.
        """
        command = [sys.executable, "-m", "local.edge", "--assembly", str(assembly), "--cloud", cloud_url]
        command += ["--region", REGION, "--log", str(log)]
        command += ["--site-fd", str(site.fileno()), "--mail-fd", str(mail.fileno())]
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(site.fileno(), mail.fileno()),
            start_new_session=True,
        )
        assert process.stdout is not None
        said, _, _ = select.select([process.stdout], [], [], _START_SECONDS_MAX)
        edge = cls(process)
        if not said or process.stdout.readline().strip() != READY:
            edge.stop()
            raise EdgeNotStarted(f"The local edge did not start: the reason is in {log}.")
        return edge

    @property
    def process_id(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """End it and what it started."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> EdgeProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
