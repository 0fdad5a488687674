"""Where local Lambda functions run: forks of forks, so that a cold start costs no import twice.

The root process imports the usual libraries and forks a template for each function; a template becomes that
function (environment, path, handler) and forks one worker for each execution environment.

Started by path, by `local.lambda_host`, with one socket as its argument. Every byte received on that socket,
or on a template's, comes with two file descriptors: the fork's channel and its log. This file imports nothing
of the project: a function's path holds its code, its layers and the installed packages, as on Lambda.
"""

import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, NoReturn

FRAME = struct.Struct("!I")
LIBRARIES = (
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
    "boto3.dynamodb.conditions",
    "boto3.dynamodb.types",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "decimal",
    "email.message",
    "jwt",
    "msgspec.json",
    "pynamodb.attributes",
    "pynamodb.indexes",
    "pynamodb.models",
    "pynamodb.transactions",
    "stripe",
)
SERVICES = ("apigatewaymanagementapi", "dynamodb", "s3", "secretsmanager", "sesv2", "sqs", "stepfunctions")

Handler = Callable[[Any, Any], Any]


def send(channel: socket.socket, message: object) -> None:
    """Write one JSON message. Raises TypeError or ValueError when it cannot be told in JSON."""
    body = json.dumps(message).encode()
    channel.sendall(FRAME.pack(len(body)) + body)


def receive(channel: socket.socket) -> Any:
    """Read one JSON message; None when the other side has gone."""
    head = _read(channel, FRAME.size)
    body = head and _read(channel, FRAME.unpack(head)[0])
    return json.loads(body) if body else None


def _read(channel: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        chunk = channel.recv(size - len(data))
        if not chunk:
            return b""
        data += chunk
    return bytes(data)


def preload() -> None:
    """Import what functions import and keep botocore's service descriptions, for every fork to share."""
    for library in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(library)
    import boto3
    import botocore.session

    loader = botocore.session.create_loader()
    botocore.session.create_loader = lambda search_path: loader
    session = boto3.Session("nobody", "nothing", region_name="us-east-1")
    for service in SERVICES:
        session.client(service)


def fork_on_demand(orders: socket.socket, handler: Handler | None = None) -> NoReturn:
    """Fork for every order, a template or (with a handler) a worker; end when the host does."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, 1, 2)
        if not order:
            os._exit(0)
        if os.fork() == 0:
            end_with_parent()
            orders.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            channel = socket.socket(fileno=descriptors[0])
            log_to(descriptors[1])
            send(channel, {"pid": os.getpid()})
            if handler is None:
                fork_on_demand(channel, become(channel))
            serve(channel, handler)
        for descriptor in descriptors:
            os.close(descriptor)


def end_with_parent() -> None:
    """Have the kernel end this process when its parent ends, so that a killed host leaves nothing behind.
    Elsewhere than on Linux a worker notices by its closed channel, once its handler returns."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def log_to(log: int) -> None:
    """Print into this file from now on."""
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115


def become(channel: socket.socket) -> Handler:
    """Take a function's place: its environment, its path, its handler imported."""
    function = receive(channel)
    if function is None:
        os._exit(0)
    os.environ.clear()
    os.environ.update(function["environment"])
    time.tzset()
    sys.path[:0] = function["path"]
    os.chdir(function["environment"]["LAMBDA_TASK_ROOT"])
    os.nice(function["niceness"])
    try:
        handler = load(function["handler"])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any error of a function is its answer
        send(channel, {"error": report(error, init=True)})
        os._exit(1)
    send(channel, {})
    return handler


def serve(channel: socket.socket, handler: Handler) -> NoReturn:
    """Be one execution environment: answer invocations one at a time until the channel closes."""
    while (invocation := receive(channel)) is not None:
        answer = invoke(handler, invocation)
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            send(channel, answer)
        except (TypeError, ValueError) as error:
            message = f"Unable to marshal response: {error}"
            failure = {"errorMessage": message, "errorType": "Runtime.MarshalError", "stackTrace": []}
            send(channel, {"error": failure})
    os._exit(0)


def load(path: str) -> Handler:
    """Import the handler named as on Lambda: `package/module.function` or `package.module.function`."""
    module, _, name = path.replace("/", ".").rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def invoke(handler: Handler, invocation: dict[str, Any]) -> dict[str, Any]:
    """Run the handler on one event: `{"result": …}`, or `{"error": …}` in Lambda's shape."""
    if invocation["traceId"]:
        os.environ["_X_AMZN_TRACE_ID"] = invocation["traceId"]
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    try:
        return {"result": handler(invocation["event"], context(invocation))}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any error of a function is its answer
        return {"error": report(error)}


def context(invocation: dict[str, Any]) -> SimpleNamespace:
    """The context object of one invocation."""
    deadline = time.monotonic() + invocation["timeout"]
    return SimpleNamespace(
        aws_request_id=invocation["requestId"],
        invoked_function_arn=invocation["arn"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        identity=None,
        client_context=None,
        get_remaining_time_in_millis=lambda: max(0, int((deadline - time.monotonic()) * 1000)),
    )


def report(error: BaseException, *, init: bool = False) -> dict[str, Any]:
    """Tell an error as Lambda does, with the class name as its type, and print it to the function's log."""
    name, message = type(error).__name__, str(error)
    if init and isinstance(error, ImportError):
        name, message = "Runtime.ImportModuleError", f"Unable to import module: {error}"
    elif init and isinstance(error, AttributeError):
        name, message = "Runtime.HandlerNotFound", f"Handler missing: {error}"
    own = traceback.extract_tb(error.__traceback__)[1:]
    trace = traceback.format_list(own)
    print(f"[ERROR] {name}: {message}\nTraceback (most recent call last):\n{''.join(trace)}", file=sys.stderr)
    return {"errorMessage": message, "errorType": name, "stackTrace": trace}


if __name__ == "__main__":
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    fork_on_demand(socket.socket(fileno=int(sys.argv[1])))
