"""Runs the Lambda functions of the local cloud in forked Python processes (`lambda_worker.py`).

A function has up to `PER_FUNCTION` execution environments; an invocation takes a free one, starts one, or
waits for one no longer than the function's timeout. Each environment has exactly its own function's code,
layers, variables and execution-role credentials, so a policy that is too narrow fails here as on AWS.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import lambda_worker

PER_FUNCTION = 6
IN_TOTAL = 40
INIT_SECONDS = 10.0
FORK_SECONDS = 60.0
"""The first fork waits until the libraries are loaded."""

Answer = dict[str, Any]


class NoCapacity(Exception):
    """Every execution environment of the function stayed busy for as long as the function may run."""


class WorkerLost(Exception):
    """A worker ended without an answer."""


@dataclass(frozen=True)
class Function:
    """All that an execution environment is made of. Functions that differ in it share no worker."""

    arn: str
    version: str
    handler: str
    timeout: float
    variables: Mapping[str, str]
    code: tuple[str, bytes]
    layers: tuple[tuple[str, bytes], ...]
    fingerprint: str

    @property
    def key(self) -> str:
        return f"{self.arn}:{self.version}"


@dataclass
class Worker:
    """One execution environment, and the process that is it once `LambdaHost` has started it."""

    function: Function
    busy: bool = True
    used: float = field(default_factory=time.monotonic)
    pid: int = 0
    channel: socket.socket | None = None
    log: int = -1

    def ask(self, message: object, seconds: float) -> Any:
        """Send one message and wait for its answer. Raises TimeoutError or WorkerLost."""
        assert self.channel is not None
        self.channel.settimeout(seconds)
        try:
            lambda_worker.send(self.channel, message)
            answer = lambda_worker.receive(self.channel)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise WorkerLost from error
        if answer is None:
            raise WorkerLost
        return answer

    def take_log(self) -> str:
        """What was printed since the last call, also by a process that was killed meanwhile."""
        size = os.fstat(self.log).st_size
        if not size:
            return ""
        text = os.pread(self.log, size, 0).decode(errors="replace")
        os.ftruncate(self.log, 0)
        return text

    def end(self) -> None:
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if self.channel is not None:
            self.channel.close()
            os.close(self.log)


class LambdaHost:
    """`run` is the whole of it; `close` ends every process. Safe to use from many threads."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._lock = threading.Lock()
        self._extracting = threading.Lock()
        self._ordering = threading.Lock()
        self._workers: dict[str, list[Worker]] = {}
        self._freed: dict[str, threading.Condition] = {}
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._forker = subprocess.Popen(
                [sys.executable, "-P", lambda_worker.__file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"},
            )

    def run(self, function: Function, event: Any, request_id: str, trace_id: str | None) -> Answer:
        """Invoke a function: `{"body": …, "log": …}`, with `"error": True` if the body is Lambda's error."""
        worker = self._take(function)
        keep = False
        try:
            if worker.channel is None and (failure := self._start(worker)):
                return {"body": failure, "error": True, "log": worker.take_log()}
            invocation = {
                "event": event,
                "requestId": request_id,
                "traceId": trace_id,
                "arn": function.arn,
                "timeout": function.timeout,
            }
            answer = worker.ask(invocation, function.timeout)
            keep = True
        except TimeoutError:
            return self._failed(
                worker, request_id, "Sandbox.Timedout", f"Task timed out after {function.timeout:.2f} seconds"
            )
        except WorkerLost:
            reason = "Runtime exited without providing a reason"
            return self._failed(worker, request_id, "Runtime.ExitError", reason)
        else:
            if "error" in answer:
                return {"body": answer["error"], "error": True, "log": worker.take_log()}
            return {"body": answer["result"], "log": worker.take_log()}
        finally:
            self._give_back(worker, keep=keep)

    def close(self) -> None:
        """End every process of this host."""
        with self._lock:
            for worker in [worker for workers in self._workers.values() for worker in workers]:
                worker.end()
            self._workers.clear()
        self._orders.close()
        self._forker.kill()
        self._forker.wait()

    def _take(self, function: Function) -> Worker:
        """A free worker, or a new one that is yet to be started."""
        deadline = time.monotonic() + function.timeout
        with self._lock:
            workers = self._workers.setdefault(function.key, [])
            freed = self._freed.setdefault(function.key, threading.Condition(self._lock))
            while True:
                self._retire(workers, function.fingerprint)
                for worker in workers:
                    if not worker.busy:
                        worker.busy = True
                        return worker
                if not workers or (len(workers) < PER_FUNCTION and self._has_room()):
                    worker = Worker(function)
                    workers.append(worker)
                    return worker
                if not freed.wait(deadline - time.monotonic()):
                    raise NoCapacity(function.key)

    def _retire(self, workers: list[Worker], fingerprint: str) -> None:
        outdated = [each for each in workers if each.function.fingerprint != fingerprint and not each.busy]
        for worker in outdated:
            workers.remove(worker)
            worker.end()

    def _has_room(self) -> bool:
        """Whether one more worker may exist, after ending the one that has been idle longest if need be."""
        everyone = [(worker, workers) for workers in self._workers.values() for worker in workers]
        if len(everyone) < IN_TOTAL:
            return True
        idle = [(worker, workers) for worker, workers in everyone if not worker.busy]
        if not idle:
            return False
        worker, workers = min(idle, key=lambda each: each[0].used)
        workers.remove(worker)
        worker.end()
        return True

    def _give_back(self, worker: Worker, *, keep: bool) -> None:
        with self._lock:
            worker.busy = False
            worker.used = time.monotonic()
            if not keep:
                self._workers[worker.function.key].remove(worker)
                worker.end()
            self._freed[worker.function.key].notify()

    def _start(self, worker: Worker) -> Any:
        """Fork the worker and let it import its handler. Returns the error if it cannot be imported."""
        function = worker.function
        task_root = self._unpacked(*function.code)
        layers = [self._unpacked(*layer) / "python" for layer in function.layers]
        worker.log, path = tempfile.mkstemp(dir=self._state_dir)
        Path(path).unlink()
        fcntl.fcntl(worker.log, fcntl.F_SETFL, os.O_APPEND)
        ours, theirs = socket.socketpair()
        worker.channel = ours
        with theirs, self._ordering:
            socket.send_fds(self._orders, [b"w"], [theirs.fileno(), worker.log])
        ours.settimeout(FORK_SECONDS)
        hello = lambda_worker.receive(ours)
        if hello is None:
            raise WorkerLost
        worker.pid = hello["pid"]
        environment = {**function.variables, "LAMBDA_TASK_ROOT": str(task_root)}
        paths = [str(task_root), *(str(layer) for layer in layers)]
        identity = {"environment": environment, "path": paths, "handler": function.handler}
        ready = worker.ask(identity, INIT_SECONDS)
        return ready.get("error")

    def _unpacked(self, digest: str, archive: bytes) -> Path:
        """The directory that holds a code archive, unpacked once per content."""
        directory = self._state_dir / "code" / hashlib.sha256(digest.encode()).hexdigest()[:32]
        with self._extracting:
            if not directory.exists():
                fresh = Path(tempfile.mkdtemp(dir=self._state_dir))
                with zipfile.ZipFile(io.BytesIO(archive)) as files:
                    files.extractall(fresh)
                directory.parent.mkdir(exist_ok=True)
                shutil.move(fresh, directory)
        return directory

    def _failed(self, worker: Worker, request_id: str, kind: str, what: str) -> Answer:
        body = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {what}"}
        return {"body": body, "error": True, "log": worker.take_log() if worker.channel else ""}


def fingerprint(parts: object) -> str:
    """A short name for everything a worker is made of."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
