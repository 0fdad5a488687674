"""Functions of the local cloud behave as on Lambda: their errors, their limits, and what they cannot see."""

import base64
import io
import json
import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import CloudNotStarted, LocalCloud
from local.lambda_host import PER_FUNCTION

SOURCE = """
import os, sys, time
import boto3

class SeatsUnavailable(Exception):
    pass

def raises(event, context):
    raise SeatsUnavailable("two seats are taken")

def sleeps(event, context):
    print("about to sleep")
    time.sleep(event.get("seconds", 60))
    return "woke"

def tells_and_sleeps(event, context):
    with open(event["tell"] + ".part", "w") as file:
        file.write(f"{os.getpid()} {os.getppid()}")
    os.rename(event["tell"] + ".part", event["tell"])
    time.sleep(60)

def exits(event, context):
    os._exit(1)

def environment(event, context):
    return dict(os.environ)

def process(event, context):
    time.sleep(0.01)
    return os.getpid()

def parent(event, context):
    return os.getppid()

def unspeakable(event, context):
    return {1, 2}

def describes(event, context):
    return [context.aws_request_id, context.function_name, context.memory_limit_in_mb,
            context.invoked_function_arn, context.get_remaining_time_in_millis()]

def from_layer(event, context):
    import layered
    return layered.WORD

def puts(event, context):
    boto3.client("dynamodb").put_item(TableName=event["table"], Item={"pk": {"S": "1"}})

def gets(event, context):
    return boto3.client("dynamodb").get_item(TableName=event["table"], Key={"pk": {"S": "1"}})["Item"]
"""
ROLE = "arn:aws:iam::000000000000:role/nobody"


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, text in files.items():
            opened.writestr(name.replace("__", "/") + ".py", text)
    return packed.getvalue()


def create(cloud: LocalCloud, name: str, handler: str, source: str = SOURCE, **options: Any) -> Callable[..., Any]:
    """Make a function, and return what invokes it: `(payload, error type or None, log)`."""
    functions = cloud.client("lambda")
    functions.create_function(
        **{
            "FunctionName": name,
            "Runtime": "python3.13",
            "Role": ROLE,
            "Handler": f"app/verbs.{handler}",
            "Code": {"ZipFile": archive(app__verbs=source)},
            "Timeout": 10,
            **options,
        }
    )

    def invoke(**event: Any) -> tuple[Any, str | None, str]:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
        payload = json.load(answer["Payload"])
        failed = payload["errorType"] if answer.get("FunctionError") else None
        return payload, failed, base64.b64decode(answer.get("LogResult", "")).decode()

    return invoke


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def test_an_error_keeps_its_class_name_message_and_trace(local_cloud: LocalCloud) -> None:
    payload, failed, log = create(local_cloud, "raises", "raises")()
    assert failed == "SeatsUnavailable"
    assert payload["errorMessage"] == "two seats are taken"
    assert "in raises" in payload["stackTrace"][-1]
    assert "[ERROR] SeatsUnavailable: two seats are taken" in log


def test_a_function_past_its_timeout_is_stopped_and_the_next_call_is_served(local_cloud: LocalCloud) -> None:
    invoke = create(local_cloud, "sleeps", "sleeps", Timeout=1)
    payload, failed, log = invoke()
    assert failed == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in payload["errorMessage"]
    assert log == "about to sleep\n"
    assert invoke(seconds=0)[0] == "woke"


def test_a_function_that_ends_its_process_answers_an_exit_error(local_cloud: LocalCloud) -> None:
    assert create(local_cloud, "exits", "exits")()[1] == "Runtime.ExitError"


def test_a_handler_that_cannot_be_imported_says_so(local_cloud: LocalCloud) -> None:
    payload, failed, _ = create(local_cloud, "no-module", "process", source="import nowhere")()
    assert failed == "Runtime.ImportModuleError"
    assert "nowhere" in payload["errorMessage"]
    assert create(local_cloud, "no-handler", "absent")()[1] == "Runtime.HandlerNotFound"


def test_an_answer_that_is_not_json_is_refused(local_cloud: LocalCloud) -> None:
    assert create(local_cloud, "unspeakable", "unspeakable")()[1] == "Runtime.MarshalError"


def test_the_context_describes_the_invocation(local_cloud: LocalCloud) -> None:
    (request_id, name, memory, arn, remaining), _, _ = create(local_cloud, "describes", "describes", MemorySize=256)()
    assert len(request_id) == 36
    assert (name, memory) == ("describes", "256")
    assert arn == "arn:aws:lambda:us-east-1:000000000000:function:describes"
    assert 5_000 < remaining <= 10_000


def test_layers_are_importable_and_the_repository_is_not(local_cloud: LocalCloud) -> None:
    layer = local_cloud.client("lambda").publish_layer_version(
        LayerName="words", Content={"ZipFile": archive(python__layered="WORD = 'kit'")}
    )
    assert create(local_cloud, "layered", "from_layer", Layers=[layer["LayerVersionArn"]])()[0] == "kit"
    source = "import local\ndef handler(event, context): pass"
    assert create(local_cloud, "unlayered", "handler", source)()[1] == "Runtime.ImportModuleError"


def test_functions_see_their_own_environment_and_nobody_elses(
    local_cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = create(local_cloud, "one", "environment", Environment={"Variables": {"ONLY_ONE": "1", "BOTH": "one"}})
    two = create(local_cloud, "two", "environment", Environment={"Variables": {"ONLY_TWO": "2", "BOTH": "two"}})
    of_one, of_two = one()[0], two()[0]
    assert (of_one["ONLY_ONE"], of_one["BOTH"], of_one["AWS_LAMBDA_FUNCTION_NAME"]) == ("1", "one", "one")
    assert (of_two["ONLY_TWO"], of_two["BOTH"], of_two["AWS_LAMBDA_FUNCTION_NAME"]) == ("2", "two", "two")
    assert "ONLY_TWO" not in of_one
    assert "ONLY_ONE" not in of_two
    mine = set(os.environ) - {"PATH", "LANG", "TZ", "HOME"}
    assert not mine & {name for name in of_one if not name.startswith("AWS_")}


def test_new_code_and_new_variables_replace_running_workers(local_cloud: LocalCloud) -> None:
    functions = local_cloud.client("lambda")
    invoke = create(local_cloud, "changing", "environment", Environment={"Variables": {"WORD": "old"}})
    assert invoke()[0]["WORD"] == "old"
    functions.update_function_configuration(FunctionName="changing", Environment={"Variables": {"WORD": "new"}})
    assert invoke()[0]["WORD"] == "new"
    functions.update_function_code(
        FunctionName="changing", ZipFile=archive(app__verbs="def environment(event, context): return 'newer'")
    )
    assert invoke()[0] == "newer"


def test_a_cold_burst_is_served_by_few_processes(local_cloud: LocalCloud) -> None:
    invoke = create(local_cloud, "burst", "process")
    processes: list[int] = []
    callers = [threading.Thread(target=lambda: processes.append(invoke()[0])) for _ in range(50)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=20)
    assert len(processes) == 50
    assert 1 < len(set(processes)) <= PER_FUNCTION


def test_a_function_whose_template_was_killed_is_made_anew(local_cloud: LocalCloud) -> None:
    invoke = create(local_cloud, "killed", "parent")
    template = invoke()[0]
    os.kill(template, signal.SIGKILL)
    eventually(lambda: not exists(template))
    answers = [invoke() for _ in range(3)]
    assert [failed for _, failed, _ in answers] == ["Runtime.ExitError", None, None]
    assert answers[1][0] != template


def test_a_taken_port_is_said_in_one_sentence(local_cloud: LocalCloud, tmp_path: Path) -> None:
    port = int(local_cloud.endpoint_url.rpartition(":")[2])
    with pytest.raises(CloudNotStarted, match=rf"^Port {port} is in use: stop .*, or set PORT to another number\.$"):
        LocalCloud.start(port, state_dir=tmp_path)


def test_nothing_outlives_a_killed_cloud(tmp_path: Path) -> None:
    with LocalCloud.start(state_dir=tmp_path) as cloud:
        create(cloud, "survivor", "tells_and_sleeps")
        told = tmp_path / "processes"
        payload = json.dumps({"tell": str(told)})
        cloud.client("lambda").invoke(FunctionName="survivor", InvocationType="Event", Payload=payload)
        eventually(told.exists)
        processes = [int(process) for process in told.read_text().split()]
        assert all(exists(process) for process in processes)
        os.kill(cloud.process_id, signal.SIGKILL)
        eventually(lambda: not any(exists(process) for process in processes))


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_with_auth_a_function_may_do_what_its_role_allows_and_no_more(tmp_path: Path) -> None:
    with LocalCloud.start(auth=True, state_dir=tmp_path) as cloud:
        table = {"AttributeName": "pk", "AttributeType": "S"}
        cloud.client("dynamodb").create_table(
            TableName="seats",
            AttributeDefinitions=[table],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        for role, action in (("writer", "dynamodb:PutItem"), ("reader", "dynamodb:GetItem")):
            allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
            cloud.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=policy(trust))
            cloud.client("iam").put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=policy(allowed))
        writer = create(cloud, "writer", "puts", Role="arn:aws:iam::000000000000:role/writer")
        trespasser = create(cloud, "trespasser", "gets", Role="arn:aws:iam::000000000000:role/writer")
        reader = create(cloud, "reader", "gets", Role="arn:aws:iam::000000000000:role/reader")
        assert writer(table="seats")[1] is None
        assert reader(table="seats")[0] == {"pk": {"S": "1"}}
        payload, failed, _ = trespasser(table="seats")
        assert failed == ClientError.__name__
        assert "AccessDenied" in payload["errorMessage"]


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
