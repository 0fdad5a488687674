"""The local cloud: ministack with its mends, in one process, on the loopback interface.

As a program: `python -m local.cloud --port 8001 --state-dir .local`. From Python:

    with LocalCloud.start(port=8001) as cloud:
        cloud.client("dynamodb").list_tables()

Nothing is kept between runs: state lives in memory, and a process that ends takes its functions along.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent
REGION = "us-east-1"
ACCOUNT = "000000000000"
START_SECONDS = 60
WEBSOCKET_FRAME_BYTES_MAX = 32 * 1024
"""API Gateway closes a connection that sends a longer frame, with code 1009."""
_LISTENING = "listening on "


class CloudNotStarted(RuntimeError):
    """The local cloud could not start. Its text is one sentence for the person who ran it."""


class LocalCloud:
    """A running local cloud. Leaving the `with` block, `stop`, or the end of this process ends it."""

    def __init__(self, process: subprocess.Popen[str], endpoint_url: str, state_dir: Path) -> None:
        self.endpoint_url = endpoint_url
        self.state_dir = state_dir
        self._process = process

    @classmethod
    def start(
        cls,
        port: int = 0,
        *,
        auth: bool = False,
        mended: bool = True,
        state_dir: Path | None = None,
        mail_host: str = "",
    ) -> Self:
        """Start a local cloud and wait until it answers. Port 0 takes a free one. With `auth`, the IAM
        policies of the deployed roles are enforced. Mail is relayed by SMTP to `mail_host` ("host:port").
        Raises CloudNotStarted."""
        state_dir = (state_dir or ROOT / ".local").resolve()
        command = [sys.executable, "-m", "local.cloud", "--port", str(port), "--state-dir", str(state_dir)]
        command += ["--auth"] * auth + ["--unmended"] * (not mended)
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            # A function sees the code it was deployed with, never this checkout's.
            env={**os.environ, "SMTP_HOST": mail_host, "PYTHONPATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            if line.startswith(_LISTENING):
                cloud = cls(process, line.removeprefix(_LISTENING).strip(), state_dir)
                cloud._wait_until_it_answers()
                return cloud
            said.append(line.strip())
        process.wait(timeout=START_SECONDS)
        raise CloudNotStarted(said[-1] if said else "The local cloud ended while starting.")

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client for the account's root, e.g. `cloud.client("dynamodb")`."""
        import boto3

        return boto3.client(service, **{**self.credentials, **options})

    @property
    def credentials(self) -> Mapping[str, str]:
        """What boto3 needs to reach this cloud as the account's root."""
        return {
            "endpoint_url": self.endpoint_url,
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }

    def api_url(self, api_id: str, stage: str) -> str:
        """Where the routes of an HTTP API are served, without a trailing slash."""
        return f"{self.endpoint_url}/_aws/execute-api/{api_id}/{stage}"

    @property
    def process_id(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """End the cloud and every function that runs in it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_it_answers(self) -> None:
        """The port is bound before anything is served, so one request waits in line for the first answer."""
        try:
            with urllib.request.urlopen(f"{self.endpoint_url}/_ministack/health", timeout=START_SECONDS):  # noqa: S310
                return
        except OSError as error:
            self.stop()
            sentence = f"The local cloud does not answer ({error}); see {self.state_dir}/cloud.log."
            raise CloudNotStarted(sentence) from error


def main() -> None:
    """Serve until the standard input closes (its parent ended) or a signal arrives."""
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state-dir", type=Path, default=ROOT / ".local")
    parser.add_argument("--auth", action="store_true", help="enforce the IAM policies of the deployed roles")
    parser.add_argument("--unmended", action="store_true", help="plain ministack, to see what a mend is for")
    options = parser.parse_args()
    options.state_dir.mkdir(parents=True, exist_ok=True)
    try:
        _serve(options.port, options.state_dir.resolve(), auth=options.auth, mended=not options.unmended)
    except CloudNotStarted as error:
        sys.exit(str(error))


def _serve(port: int, state_dir: Path, *, auth: bool, mended: bool) -> None:
    from local import mends

    try:
        mends.check_version()
        listener = socket.create_server(("127.0.0.1", port), backlog=256)
    except mends.WrongMinistack as error:
        raise CloudNotStarted(str(error)) from error
    except OSError as error:
        raise CloudNotStarted(
            f"Port {port} is in use: stop the program that uses it, or set PORT to another number."
        ) from error
    # Connections inherit it; asyncio sets it only on sockets that name their protocol. Without, an answer's body waits
    # 40 ms for its head to be acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    port = listener.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    _set_environment(port, auth=auth)

    from local.lambda_host import LambdaHost

    host = LambdaHost(state_dir)
    import uvicorn
    from ministack.app import app

    if mended:
        mends.run_functions_in_host(host, endpoint)
        for mend in mends.MENDS:
            mend()
    print(_LISTENING + endpoint, flush=True)
    log = os.open(state_dir / "cloud.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)

    def end(*_: object) -> None:
        host.close()
        os._exit(0)

    def end_with_standard_input() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="wsproto",
        ws_max_size=WEBSOCKET_FRAME_BYTES_MAX,
        ws_ping_interval=None,
        timeout_keep_alive=75,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        log_level="warning",
        lifespan="on",  # where ministack's own start fails, so does this one: schedules would not run
    )

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """They end this process at once (above), open connections or not."""
            yield

    asyncio.run(Server(config).serve([listener]))


def _set_environment(port: int, *, auth: bool) -> None:
    """Configure ministack, which reads its settings when it is imported; nothing of the developer's own AWS
    settings may reach it."""
    for name in [each for each in os.environ if each.startswith(("AWS_", "MINISTACK_", "LOCALSTACK_"))]:
        del os.environ[name]
    os.environ |= {
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AUTH": str(auth).lower(),
        "LOG_LEVEL": "WARNING",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": "1000",
        "DOCKER_HOST": "unix:///nowhere",
    }


if __name__ == "__main__":
    main()
