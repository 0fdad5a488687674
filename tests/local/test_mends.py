"""Every mend is needed and works: each probe passes on the local cloud and fails on ministack as it comes.

When a probe passes unmended, ministack has learnt better: delete its mend.
"""

import asyncio
import io
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
from botocore.exceptions import ClientError

from local import mends, template_mends, turn_mends
from local.cloud import LocalCloud

CHANGES = 40
BURST_SECONDS = 1.0
BATCHES_MAX = 6
LOOKS = 6
BURST = 8


def provision(cloud: LocalCloud, name: str, resources: dict[str, Any]) -> dict[str, str]:
    """Create a stack, and return the physical ids of its resources by their logical ones."""
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    deadline = time.monotonic() + 60
    while (status := cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith("PROGRESS"):
        assert time.monotonic() < deadline, f"{name} is still {status}"
        time.sleep(0.02)
    assert status == "CREATE_COMPLETE"
    described = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in described}


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, text in files.items():
            opened.writestr(name.replace("_", "."), text)
    return packed.getvalue()


def errors_keep_their_class(cloud: LocalCloud) -> None:
    functions = cloud.client("lambda")
    source = "class SeatsUnavailable(Exception): pass\ndef handler(event, context): raise SeatsUnavailable('two')"
    functions.create_function(
        FunctionName="refuses",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py=source)},
    )
    payload = json.load(functions.invoke(FunctionName="refuses")["Payload"])
    assert payload["errorType"] == "SeatsUnavailable"


def cross_origin_requests_are_answered(cloud: LocalCloud) -> None:
    cors = {
        "AllowOrigins": ["https://shop.example"],
        "AllowMethods": ["POST"],
        "AllowHeaders": ["authorization"],
    }
    properties = {"Name": "cors", "ProtocolType": "HTTP", "CorsConfiguration": cors}
    made = provision(
        cloud,
        "cors",
        {
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": properties},
            "Stage": {
                "Type": "AWS::ApiGatewayV2::Stage",
                "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "api", "AutoDeploy": True},
            },
        },
    )
    request = urllib.request.Request(
        cloud.api_url(made["Api"], "api") + "/orders",
        method="OPTIONS",
        headers={"origin": "https://shop.example", "access-control-request-method": "POST"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert answer.headers["access-control-allow-methods"] == "POST"


def api_in_front_of(cloud: LocalCloud, name: str, source: str, protocol: str = "HTTP") -> str:
    """An API whose every route runs the handler in `source`; returns its id. Its stage is named `api`."""
    function = cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py=source)},
    )
    gateway = cloud.client("apigatewayv2")
    selection = {"RouteSelectionExpression": "$request.body.action"} if protocol == "WEBSOCKET" else {}
    api: str = gateway.create_api(Name=name, ProtocolType=protocol, **selection)["ApiId"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function["FunctionArn"], PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    gateway.create_route(ApiId=api, RouteKey="$default", Target=target)
    gateway.create_stage(ApiId=api, StageName="api", AutoDeploy=True)
    return api


def functions_see_the_stage_in_their_path(cloud: LocalCloud) -> None:
    source = "def handler(event, context): return event['rawPath'] + ' ' + event['requestContext']['http']['path']"
    url = cloud.api_url(api_in_front_of(cloud, "paths", source), "api") + "/events/1"
    with urllib.request.urlopen(url, timeout=5) as answer:
        assert answer.read() == b"/api/events/1 /api/events/1"


def a_failed_function_is_a_bare_500(cloud: LocalCloud) -> None:
    source = "def handler(event, context): raise RuntimeError('a secret')"
    with pytest.raises(urllib.error.HTTPError) as failure:
        urllib.request.urlopen(cloud.api_url(api_in_front_of(cloud, "fails", source), "api") + "/", timeout=5)
    assert failure.value.code == 500
    assert failure.value.read() == b'{"message":"Internal Server Error"}'


def a_failed_websocket_function_tells_no_details(cloud: LocalCloud) -> None:
    source = """
def handler(event, context):
    if event["body"] == "fail": raise RuntimeError("a secret")
    return {"statusCode": 200, "body": "heard " + event["body"]}
"""
    api = api_in_front_of(cloud, "live", source, protocol="WEBSOCKET")

    async def talk() -> list[str]:
        url = cloud.api_url(api, "api").replace("http://", "ws://")
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            answers = []
            for message in ("hello", "fail"):
                await socket.send_str(message)
                answers.append(await socket.receive_str(timeout=5))
            return answers

    answers = asyncio.run(talk())
    assert answers[0] == "heard hello"
    assert '"message": "Internal server error"' in answers[1]


def table(**more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            **more,
        },
    }


def tables_have_their_time_to_live(cloud: LocalCloud) -> None:
    ttl = {"AttributeName": "expires", "Enabled": True}
    made = provision(cloud, "ttl", {"Table": table(TimeToLiveSpecification=ttl)})
    described = cloud.client("dynamodb").describe_time_to_live(TableName=made["Table"])["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def user_pools_know_their_issuer(cloud: LocalCloud) -> None:
    made = provision(
        cloud,
        "issuer",
        {
            "People": {"Type": "AWS::Cognito::UserPool"},
            "Issuer": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["People", "ProviderURL"]}},
            },
        },
    )
    issuer = cloud.client("ssm").get_parameter(Name=made["Issuer"])["Parameter"]["Value"]
    assert issuer == f"https://cognito-idp.us-east-1.amazonaws.com/{made['People']}"


def secrets_are_referred_to_by_arn(cloud: LocalCloud) -> None:
    secret = {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"Name": "boxoffice/probe", "SecretString": "s"},
    }
    resolved = {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:::}}"]]}
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": resolved}}
    made = provision(cloud, "secret", {"Secret": secret, "Parameter": parameter})
    assert made["Secret"].startswith("arn:aws:secretsmanager:us-east-1:000000000000:secret:boxoffice/probe-")
    assert cloud.client("ssm").get_parameter(Name=made["Parameter"])["Parameter"]["Value"] == "s"
    cloud.client("cloudformation").delete_stack(StackName="secret")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloud.client("secretsmanager").get_secret_value(SecretId="boxoffice/probe")


def what_has_no_local_effect_is_accepted(cloud: LocalCloud) -> None:
    provision(
        cloud,
        "declared",
        {
            kind.replace(":", ""): {"Type": kind, "Properties": {"ServiceToken": "x"}}
            for kind in template_mends.DECLARED_ONLY
        },
    )


def assets_are_unpacked_into_their_bucket(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="assets")
    s3.put_object(Bucket="assets", Key="site.zip", Body=zipped(index_html="<html>", old_js="stays"))
    s3.put_object(Bucket="assets", Key="config.zip", Body=zipped(config_json='{"api": "<<marker>>"}'))
    s3.create_bucket(Bucket="site")
    s3.put_object(Bucket="site", Key="left-over.js", Body=b"")
    deployment = {
        "Type": "Custom::CDKBucketDeployment",
        "Properties": {
            "ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:nobody",
            "SourceBucketNames": ["assets", "assets"],
            "SourceObjectKeys": ["site.zip", "config.zip"],
            "SourceMarkers": [{}, {"<<marker>>": 'an "address"'}],
            "SourceMarkersConfig": [{}, {"jsonEscape": "true"}],
            "SystemMetadata": {"cache-control": "no-cache"},
            "DestinationBucketName": "site",
        },
    }
    provision(cloud, "site", {"Deployment": deployment})
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="site")["Contents"]]
    assert keys == ["config.json", "index.html", "old.js"]
    config = s3.get_object(Bucket="site", Key="config.json")
    assert json.load(config["Body"]) == {"api": 'an "address"'}
    assert (config["ContentType"], config["CacheControl"]) == ("application/json", "no-cache")


def only_the_code_in_the_mail_confirms_a_person(cloud: LocalCloud) -> None:
    cognito = cloud.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]
    ada = {"ClientId": client, "Username": "ada@example.com"}
    cognito.sign_up(**ada, Password="Correct-Horse-1", UserAttributes=[{"Name": "email", "Value": "ada@example.com"}])
    code = latest_code(cloud)
    other = f"{(int(code) + 1) % 1_000_000:06}"
    assert is_refused(cognito.confirm_sign_up, **ada, ConfirmationCode=other)
    cognito.confirm_sign_up(**ada, ConfirmationCode=code)
    known = cognito.admin_get_user(UserPoolId=pool, Username="ada@example.com")["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in known

    cognito.forgot_password(**ada)
    reset = latest_code(cloud)
    assert reset != code, "one in a million"
    assert is_refused(cognito.confirm_forgot_password, **ada, Password="Battery-Staple-2", ConfirmationCode=code)
    cognito.confirm_forgot_password(**ada, Password="Battery-Staple-2", ConfirmationCode=reset)


def is_refused(call: Callable[..., Any], **request: str) -> bool:
    try:
        call(**request)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "CodeMismatchException")
    return False


def latest_code(cloud: LocalCloud) -> str:
    with urllib.request.urlopen(f"{cloud.endpoint_url}/_ministack/ses/messages", timeout=10) as answer:
        sent = [mail for mails in json.load(answer)["messages"].values() for mail in mails]
    found = re.search(r"\b\d{6}\b", max(sent, key=lambda mail: mail["Timestamp"])["BodyText"])
    assert found
    return found.group()


def a_burst_of_changes_is_few_batches(cloud: LocalCloud) -> None:
    """Each invocation says in the log how many records it got."""
    tables, functions = cloud.client("dynamodb"), cloud.client("lambda")
    made = tables.create_table(
        TableName="bursts",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]
    functions.create_function(
        FunctionName="counts",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py="def handler(event, context): print('got', len(event['Records']))")},
    )
    functions.create_event_source_mapping(
        EventSourceArn=made["LatestStreamArn"], FunctionName="counts", StartingPosition="TRIM_HORIZON", BatchSize=100
    )
    for number in range(CHANGES):
        tables.put_item(TableName="bursts", Item={"pk": {"S": str(number)}})
        time.sleep(BURST_SECONDS / CHANGES)  # the pace of the burst, not a wait
    batches: list[int] = []
    deadline = time.monotonic() + 10
    while sum(batches) < CHANGES:
        assert time.monotonic() < deadline, batches
        try:
            events = cloud.client("logs").filter_log_events(logGroupName="/aws/lambda/counts")["events"]
        except cloud.client("logs").exceptions.ResourceNotFoundException:
            continue
        batches = [int(count) for event in events for count in re.findall(r"got (\d+)", event["message"])]
    assert len(batches) <= BATCHES_MAX, batches


def groups_of_messages_run_side_by_side(cloud: LocalCloud) -> None:
    """Two groups at the same time, and within a group one after the other."""
    source = """
import os, time, boto3
def handler(event, context):
    [record] = event["Records"]
    say = lambda word: boto3.client("sqs").send_message(QueueUrl=os.environ["SAID"], MessageBody=word + record["body"])
    count = lambda: int(boto3.client("sqs").get_queue_attributes(
        QueueUrl=os.environ["SAID"], AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessages"])
    say("begin ")
    ends = time.monotonic() + 5
    while count() < 2 and time.monotonic() < ends:
        time.sleep(0.02)
    say("end ")
"""
    queues = cloud.client("sqs")
    said = queues.create_queue(QueueName="said")["QueueUrl"]
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    work = queues.create_queue(QueueName="work.fifo", Attributes=fifo)["QueueUrl"]
    for body in ("A1", "A2", "B1"):
        queues.send_message(QueueUrl=work, MessageBody=body, MessageGroupId=body[0])
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="works",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Timeout=20,
        Code={"ZipFile": zipped(verb_py=source)},
        Environment={"Variables": {"SAID": said}},
    )
    arn = queues.get_queue_attributes(QueueUrl=work, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    functions.create_event_source_mapping(FunctionName="works", EventSourceArn=arn, BatchSize=1)
    deadline = time.monotonic() + 60
    counted = {"QueueUrl": said, "AttributeNames": ["ApproximateNumberOfMessages"]}
    while int(queues.get_queue_attributes(**counted)["Attributes"]["ApproximateNumberOfMessages"]) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    messages = queues.receive_message(QueueUrl=said, MaxNumberOfMessages=10)["Messages"]
    heard = [message["Body"] for message in messages]
    assert sorted(heard[:2]) == ["begin A1", "begin B1"]
    assert heard.index("end A1") < heard.index("begin A2")


def functions_are_told_where_connections_are(cloud: LocalCloud) -> None:
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="posts",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py="import os\ndef handler(event, context): return os.environ['CONNECTIONS']")},
        Environment={"Variables": {"CONNECTIONS": "https://abc123.execute-api.us-east-1.amazonaws.com/live"}},
    )
    address = json.load(functions.invoke(FunctionName="posts")["Payload"])
    assert address == f"{cloud.endpoint_url}/_aws/execute-api/abc123/live"


def a_wait_fails_with_its_function(cloud: LocalCloud) -> None:
    source = "class ReviewClosed(Exception): pass\ndef handler(event, context): raise ReviewClosed('too late')"
    function = cloud.client("lambda").create_function(
        FunctionName="closed",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py=source)},
    )
    wait = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": function["FunctionArn"], "Payload": {"token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 2,
        "Catch": [{"ErrorEquals": ["ReviewClosed"], "Next": "Told"}],
        "End": True,
    }
    machines = cloud.client("stepfunctions")
    machine = machines.create_state_machine(
        name="waits",
        roleArn="arn:aws:iam::000000000000:role/nobody",
        definition=json.dumps({"StartAt": "Wait", "States": {"Wait": wait, "Told": {"Type": "Succeed"}}}),
    )
    execution = machines.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    deadline = time.monotonic() + 10
    while (ended := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["Error"] == "ReviewClosed"


def a_burst_of_purchases_takes_turns(cloud: LocalCloud) -> None:
    source = (
        "import time\n"
        "def handler(event, context):\n    began = time.time()\n    time.sleep(0.6)\n    return [began, time.time()]"
    )
    function = cloud.client("lambda").create_function(
        FunctionName="step",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py=source)},
        Timeout=20,
    )
    task = {"Type": "Task", "Resource": function["FunctionArn"], "TimeoutSeconds": 20, "End": True}
    machines = cloud.client("stepfunctions")
    machine = machines.create_state_machine(
        name="burst",
        roleArn="arn:aws:iam::000000000000:role/nobody",
        definition=json.dumps({"StartAt": "Step", "States": {"Step": task}}),
    )["stateMachineArn"]
    started = [machines.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(BURST)]
    deadline = time.monotonic() + 30
    spans = []
    for execution in started:
        while (ended := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        spans.append(json.loads(ended["output"]))
    at_once = max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans)
    assert at_once <= turn_mends.STEPS_AT_ONCE


def who_pays_goes_before_who_looks(cloud: LocalCloud) -> None:
    source = (
        "import time\n"
        "def handler(event, context):\n    began = time.time()\n    time.sleep(0.1)\n    return [began, time.time()]"
    )
    looked_at = cloud.api_url(api_in_front_of(cloud, "looked-at", source), "api")
    paid_at = cloud.api_url(api_in_front_of(cloud, "paid-at", source), "api")

    async def rush() -> list[list[float]]:
        async with aiohttp.ClientSession() as session:

            async def call(method: str, url: str) -> list[float]:
                async with session.request(method, url, timeout=aiohttp.ClientTimeout(10)) as answer:
                    began, ended = await answer.json(content_type=None)
                    return [began, ended]

            await asyncio.gather(call("GET", looked_at + "/events"), call("POST", paid_at + "/orders"))  # awake
            looks = [asyncio.create_task(call("GET", looked_at + "/events")) for _ in range(LOOKS)]
            await asyncio.wait(looks, return_when=asyncio.FIRST_COMPLETED)
            return [await call("POST", paid_at + "/orders"), *(await asyncio.gather(*looks))]

    paid, *looks = asyncio.run(rush())
    assert (
        max(sum(began <= moment < ended for began, ended in looks) for moment, _ in looks) <= turn_mends.CALLS_AT_ONCE
    )
    assert any(began > paid[0] for began, _ in looks)


def what_gave_up_goes_on(cloud: LocalCloud) -> None:
    """Its second state fails once."""
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    if os.path.exists(event['mark']):\n"
        "        return 'done'\n"
        "    if event['state'] == 'Second':\n"
        "        open(event['mark'], 'w').close()\n"
        "        raise RuntimeError('away')\n"
        "    return 'done'\n"
    )
    function = cloud.client("lambda").create_function(
        FunctionName="gives-up",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="verb.handler",
        Code={"ZipFile": zipped(verb_py=source)},
    )
    parameters = {"mark.$": "$.mark", "state.$": "$$.State.Name"}
    task = {"Type": "Task", "Resource": function["FunctionArn"], "Parameters": parameters}
    states = {
        "First": {**task, "ResultPath": "$.first", "Next": "Second"},
        "Second": {**task, "ResultPath": "$.second", "Next": "Third"},
        "Third": {**task, "ResultPath": "$.third", "End": True},
    }
    machines = cloud.client("stepfunctions")
    machine = machines.create_state_machine(
        name="gives-up",
        roleArn="arn:aws:iam::000000000000:role/nobody",
        definition=json.dumps({"StartAt": "First", "States": states}),
    )
    document = json.dumps({"mark": str(cloud.state_dir / "gave-up")})
    started = machines.start_execution(stateMachineArn=machine["stateMachineArn"], input=document)["executionArn"]

    def ended() -> Any:
        deadline = time.monotonic() + 10
        while (seen := machines.describe_execution(executionArn=started))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return seen

    assert ended()["status"] == "FAILED"
    machines.redrive_execution(executionArn=started)
    assert ended()["status"] == "SUCCEEDED"
    assert set(json.loads(ended()["output"])) == {"mark", "first", "second", "third"}
    with pytest.raises(machines.exceptions.ExecutionNotRedrivable):
        machines.redrive_execution(executionArn=started)


PROBES = (
    what_gave_up_goes_on,
    who_pays_goes_before_who_looks,
    a_burst_of_purchases_takes_turns,
    a_wait_fails_with_its_function,
    a_burst_of_changes_is_few_batches,
    groups_of_messages_run_side_by_side,
    functions_are_told_where_connections_are,
    only_the_code_in_the_mail_confirms_a_person,
    errors_keep_their_class,
    cross_origin_requests_are_answered,
    functions_see_the_stage_in_their_path,
    a_failed_function_is_a_bare_500,
    a_failed_websocket_function_tells_no_details,
    tables_have_their_time_to_live,
    user_pools_know_their_issuer,
    secrets_are_referred_to_by_arn,
    what_has_no_local_effect_is_accepted,
    assets_are_unpacked_into_their_bucket,
)


@pytest.fixture(scope="module")
def plain_ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with LocalCloud.start(mended=False, state_dir=tmp_path_factory.mktemp("plain")) as cloud:
        yield cloud


@pytest.mark.parametrize("probe", PROBES)
def test_a_mend_works(probe: Callable[[LocalCloud], None], local_cloud: LocalCloud) -> None:
    probe(local_cloud)


@pytest.mark.cloud
@pytest.mark.parametrize("probe", PROBES)
def test_a_mend_is_still_needed(probe: Callable[[LocalCloud], None], plain_ministack: LocalCloud) -> None:
    with pytest.raises((AssertionError, OSError, ClientError)):
        probe(plain_ministack)


SWEEP = """
import sys, threading, time
pause = time.sleep
time.sleep = lambda seconds: pause(min(seconds, 0.02))
from ministack.services import dynamodb
from local import mends
if sys.argv[1] == "mended":
    mends.stream_expiries()
dynamodb._create_table({
    "TableName": "holds", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
})
dynamodb._put_item({"TableName": "holds", "Item": {"pk": {"S": "hold"}, "expires": {"N": "1"}}})
expiry = {"Enabled": True, "AttributeName": "expires"}
dynamodb._update_ttl({"TableName": "holds", "TimeToLiveSpecification": expiry})
deadline = time.monotonic() + 5
while dynamodb._tables["holds"]["items"] and time.monotonic() < deadline:
    pause(0.01)
with dynamodb._lock:
    record = dynamodb._stream_records["holds"][-1]
print(record["eventName"], record.get("userIdentity"), record["dynamodb"].get("OldImage", {}).get("pk"))
"""


def sweep(how: str) -> str:
    command = [sys.executable, "-c", SWEEP, how]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()


def test_an_expired_item_leaves_a_stream_record_of_the_service() -> None:
    service = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert sweep("mended") == f"REMOVE {service} {{'S': 'hold'}}"


def test_the_mend_of_expiries_is_still_needed() -> None:
    assert sweep("plain").startswith("INSERT")


READING = """
import sys
from ministack.services import dynamodb
from local import mends
taken_apart = []
tokenize = dynamodb._tokenize
dynamodb._tokenize = lambda expression: taken_apart.append(expression) or tokenize(expression)
if sys.argv[1] == "mended":
    mends.read_expressions_once()
dynamodb._create_table({
    "TableName": "ranks", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in (("pk", "HASH"), ("sk", "RANGE"))],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
})
for number in range(100):
    dynamodb._put_item({"TableName": "ranks", "Item": {"pk": {"S": "line"}, "sk": {"S": str(number)}}})
for last in ("7", "6"):
    values = {":pk": {"S": "line"}, ":sk": {"S": last}}
    asked = {"KeyConditionExpression": "pk = :pk AND sk < :sk", "ExpressionAttributeValues": values}
    status, _, body = dynamodb._query({"TableName": "ranks", "Select": "COUNT", **asked})
    assert status == 200, body
    print(body.decode())
print(len(taken_apart))
"""


def times_read(how: str) -> int:
    command = [sys.executable, "-c", READING, how]
    *counts, times = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.split("\n")[
        :-1
    ]
    assert [json.loads(count)["Count"] for count in counts] == [67, 56]  # 0-99 as text, below "7" and below "6"
    return int(times)


COPYING = """
import copy, sys
from ministack.services import dynamodb
from local import mends
copied = []
copy.deepcopy = lambda value, plain=copy.deepcopy: copied.append(value) or plain(value)
if sys.argv[1] == "mended":
    mends.copy_items_as_data()
key = [{"AttributeName": "pk", "KeyType": "HASH"}]
named = [{"AttributeName": "pk", "AttributeType": "S"}]
dynamodb._create_table(
    {"TableName": "rows", "BillingMode": "PAY_PER_REQUEST", "KeySchema": key, "AttributeDefinitions": named})
change = {
    "TableName": "rows", "Key": {"pk": {"S": "row"}}, "ReturnValues": "ALL_OLD",
    "UpdateExpression": "SET seats.one = :taken", "ExpressionAttributeValues": {":taken": {"S": "taken"}},
}
seats = {"M": {"one": {"S": "free"}, "two": {"B": "AAE="}, "three": {"BOOL": True}, "four": {"NULL": True}}}
dynamodb._put_item({"TableName": "rows", "Item": {"pk": {"S": "row"}, "seats": seats}})
copied.clear()
_, _, body = dynamodb._update_item(change)
print(body.decode(), len(copied))
"""


def changed(how: str) -> tuple[Any, int]:
    command = [sys.executable, "-c", COPYING, how]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    body, copies = said.rsplit(maxsplit=1)
    return json.loads(body)["Attributes"]["seats"]["M"], int(copies)


def test_an_item_is_copied_at_once() -> None:
    before = {"one": {"S": "free"}, "two": {"B": "AAE="}, "three": {"BOOL": True}, "four": {"NULL": True}}
    assert changed("mended") == (before, 0)
    assert changed("plain") == (before, 4)


def test_an_expression_is_read_once_and_not_for_each_item() -> None:
    assert times_read("mended") == 1


def test_the_mend_of_reading_is_still_needed() -> None:
    assert times_read("plain") > 100


def test_another_ministack_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mends, "version", lambda package: "1.6.0")
    with pytest.raises(mends.WrongMinistack, match=r"ministack 1\.5\.33, but 1\.6\.0 .* `pip install -r"):
        mends.check_version()
