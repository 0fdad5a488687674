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
IN_TOTAL = 80
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
    niceness: int
    variables: Mapping[str, str]
    code: tuple[str, bytes]
    layers: tuple[tuple[str, bytes], ...]
    fingerprint: str

    @property
    def key(self) -> str:
        return f"{self.arn}:{self.version}"


class Fork:
    """A process that `lambda_worker` forked: its channel to talk over, and what it prints."""

    def __init__(self, orders: socket.socket, ordering: threading.Lock, state_dir: Path) -> None:
        self.log, path = tempfile.mkstemp(dir=state_dir)
        Path(path).unlink()
        fcntl.fcntl(self.log, fcntl.F_SETFL, os.O_APPEND)
        self.channel, theirs = socket.socketpair()
        self.pid = 0
        hello = None
        with suppress(BrokenPipeError, ConnectionResetError):
            with theirs, ordering:
                socket.send_fds(orders, [b"w"], [theirs.fileno(), self.log])
            self.channel.settimeout(FORK_SECONDS)
            hello = lambda_worker.receive(self.channel)
        if hello is None:
            self.end()
            raise WorkerLost
        self.pid = hello["pid"]

    def ask(self, message: object, seconds: float) -> Any:
        """Send one message and wait for its answer. Raises TimeoutError or WorkerLost."""
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
        self.channel.close()
        os.close(self.log)


@dataclass
class Template:
    """A function imported once, from which its workers are forked."""

    making: threading.Lock = field(default_factory=threading.Lock)
    ordering: threading.Lock = field(default_factory=threading.Lock)
    fingerprint: str = ""
    process: Fork | None = None


@dataclass
class Worker:
    """One execution environment, and the process that is it once `LambdaHost` has started it."""

    function: Function
    busy: bool = True
    used: float = field(default_factory=time.monotonic)
    process: Fork | None = None

    def end(self) -> None:
        if self.process is not None:
            self.process.end()


class NotImportable(Exception):
    """A function's handler cannot be imported; `args` are Lambda's error and the log."""


class LambdaHost:
    """`run` is the whole of it; `close` ends every process. Safe to use from many threads."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._lock = threading.Lock()
        self._extracting = threading.Lock()
        self._ordering = threading.Lock()
        self._workers: dict[str, list[Worker]] = {}
        self._freed: dict[str, threading.Condition] = {}
        self._templates: dict[str, Template] = {}
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
            process = worker.process = worker.process or self._start(function)
            invocation = {
                "event": event,
                "requestId": request_id,
                "traceId": trace_id,
                "arn": function.arn,
                "timeout": function.timeout,
            }
            answer = process.ask(invocation, function.timeout)
            keep = True
        except NotImportable as failure:
            error, log = failure.args
            return {"body": error, "error": True, "log": log}
        except TimeoutError:
            return self._failed(
                worker, request_id, "Sandbox.Timedout", f"Task timed out after {function.timeout:.2f} seconds"
            )
        except WorkerLost:
            reason = "Runtime exited without providing a reason"
            return self._failed(worker, request_id, "Runtime.ExitError", reason)
        else:
            if "error" in answer:
                return {"body": answer["error"], "error": True, "log": process.take_log()}
            return {"body": answer["result"], "log": process.take_log()}
        finally:
            self._give_back(worker, keep=keep)

    def close(self) -> None:
        """End every process of this host."""
        with self._lock:
            for worker in [worker for workers in self._workers.values() for worker in workers]:
                worker.end()
            self._workers.clear()
            for template in self._templates.values():
                if template.process is not None:
                    template.process.end()
            self._templates.clear()
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

    def _start(self, function: Function) -> Fork:
        """Fork a worker from its function's template, which the first one waits for; where the template's process
        was killed, from a new one. Raises NotImportable, WorkerLost.
        """
        with self._lock:
            template = self._templates.setdefault(function.key, Template())
        with template.making:
            if template.process is not None and template.fingerprint == function.fingerprint:
                with suppress(WorkerLost):
                    return Fork(template.process.channel, template.ordering, self._state_dir)
            if template.process is not None:
                template.process.end()
            template.process = None
            template.process = self._become(function)
            template.fingerprint = function.fingerprint
            return Fork(template.process.channel, template.ordering, self._state_dir)

    def _become(self, function: Function) -> Fork:
        """A template: the function's environment and path, its handler imported. Raises NotImportable."""
        task_root = self._unpacked(*function.code)
        layers = [self._unpacked(*layer) / "python" for layer in function.layers]
        process = Fork(self._orders, self._ordering, self._state_dir)
        identity = {
            "environment": {**function.variables, "LAMBDA_TASK_ROOT": str(task_root)},
            "path": [str(task_root), *(str(layer) for layer in layers)],
            "handler": function.handler,
            "niceness": function.niceness,
        }
        ready = process.ask(identity, INIT_SECONDS)
        if "error" in ready:
            log = process.take_log()
            process.end()
            raise NotImportable(ready["error"], log)
        return process

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
        return {"body": body, "error": True, "log": worker.process.take_log() if worker.process else ""}


def fingerprint(parts: object) -> str:
    """A short name for everything a worker is made of."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
