"""A state machine of ours, run by moto with the verbs a test gives it. Pauses between tries take no time."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

REGION = "eu-central-1"
MACHINES = Path(__file__).parents[2] / "statemachines"
CONFIG = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
DONE_WITHIN_SECONDS = 20
Verb = Callable[[dict[str, Any]], Any]


class Run:
    """What became of an execution: the states in their order, and how it ended."""

    def __init__(self, states: list[str], status: str) -> None:
        self.states, self.status = states, status


@contextmanager
def machine(name: str, verbs: Mapping[str, Verb]) -> Iterator[Callable[[dict[str, Any]], Run]]:
    """`statemachines/<name>.asl.json` over these verbs; call it with an execution's input."""
    definition = (MACHINES / f"{name}.asl.json").read_text()

    def invoke(
        backend: Any, function_name: str, qualifier: Any, body: Any, headers: Any, response_headers: Any
    ) -> bytes:
        try:
            answer = verbs[function_name.rpartition(":")[2]](json.loads(body))
        except Exception as error:  # noqa: BLE001  what Lambda does with a handler's exception
            response_headers["x-amz-function-error"] = "Unhandled"
            answer = {"errorMessage": str(error), "errorType": type(error).__name__}
        return json.dumps(answer).encode()

    with (
        mock_aws(config=CONFIG),
        mock.patch.object(LambdaSimpleBackend, "invoke", invoke),
        mock.patch.object(retrier_decl, "time", SimpleNamespace(sleep=lambda seconds: None)),
    ):
        role = _role()
        for state in verbs:
            definition = definition.replace(f"${{{state}}}", _function(state, role))
        client = client_of("stepfunctions")
        made = client.create_state_machine(name=name, definition=definition, roleArn=role)
        yield lambda document: _run(client, made["stateMachineArn"], document)


@cache
def client_of(service: str) -> Any:
    """Made once: making one takes longer than most executions do."""
    return boto3.client(service, region_name=REGION)


def _run(client: Any, machine_arn: str, document: dict[str, Any]) -> Run:
    started = client.start_execution(stateMachineArn=machine_arn, name=uuid.uuid4().hex, input=json.dumps(document))
    arn = started["executionArn"]
    until = time.monotonic() + DONE_WITHIN_SECONDS
    while (status := client.describe_execution(executionArn=arn)["status"]) == "RUNNING":
        assert time.monotonic() < until, "the execution does not end"
        time.sleep(0.01)
    events = client.get_execution_history(executionArn=arn)["events"]
    entered = [e["stateEnteredEventDetails"]["name"] for e in events if "stateEnteredEventDetails" in e]
    return Run(entered, status)


def _role() -> str:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam = client_of("iam")
    return str(iam.create_role(RoleName="any", AssumeRolePolicyDocument=policy)["Role"]["Arn"])


def _function(name: str, role: str) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("never_run.py", "")
    made = client_of("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="never_run.handler",
        Code={"ZipFile": content.getvalue()},
    )
    return str(made["FunctionArn"])
