"""CloudFront Functions, run as the JavaScript they are by one warm Node process (`functions.js`)."""

import asyncio
import itertools
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

Json = dict[str, Any]
CODE_BYTES_MAX = 10 * 1024
_WORKER = Path(__file__).with_name("functions.js")
_ANSWER_TIMEOUT_SECONDS = 5
_LINE_BYTES_MAX = 4 * 1024 * 1024


class FunctionFailed(Exception):
    """The function threw, ran too long, or answered nothing usable; viewers get 503."""


class FunctionRuntime:
    """Answers events; the process starts with the first one and again after it died."""

    def __init__(self, node: str = "node") -> None:
        self._node = node
        self._process: asyncio.subprocess.Process | None = None
        self._ids = itertools.count()
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def run(self, code: str, event: Json) -> Json:
        """What the function returns for `event`: a request or a response."""
        process = await self._started()
        assert process.stdin is not None
        request_id = next(self._ids)
        answer = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        try:
            line = json.dumps({"id": request_id, "code": code, "event": event})
            process.stdin.write(line.encode() + b"\n")
            await process.stdin.drain()
            reply = await asyncio.wait_for(answer, _ANSWER_TIMEOUT_SECONDS)
        except (TimeoutError, ConnectionError) as problem:
            raise FunctionFailed("the function gave no answer") from problem
        finally:
            self._waiting.pop(request_id, None)
        if not isinstance(reply.get("value"), dict):
            raise FunctionFailed(reply.get("error", "the function returned no object"))
        return dict(reply["value"])

    async def close(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader

    async def _started(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    self._node,
                    "--max-old-space-size=128",
                    str(_WORKER),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    limit=_LINE_BYTES_MAX,
                )
                self._reader = asyncio.create_task(self._read(self._process))
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            reply = json.loads(line)
            if (answer := self._waiting.get(reply["id"])) is not None and not answer.done():
                answer.set_result(reply)
        await process.wait()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the Node process ended"))
