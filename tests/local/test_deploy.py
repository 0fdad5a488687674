"""A synthesized CDK app runs on the local cloud: a toy of our own, with one of each thing."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.cloud import LocalCloud
from local.deploy import DeployFailed, Outputs, deploy

TOY = Path(__file__).parent / "toy/app.py"


def eventually(look: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while (seen := look()) is None:
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return seen


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("toy") / "cdk.out"
    environment = {**os.environ, "CDK_OUTDIR": str(directory), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
    subprocess.run([sys.executable, str(TOY)], env=environment, timeout=120, check=True, capture_output=True)
    return directory


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def toy(local_cloud: LocalCloud, assembly: Path, steps: list[str]) -> Outputs:
    return deploy(assembly, local_cloud, {"Greeting": "welcome"}, steps.append)


def test_stacks_are_deployed_in_the_order_of_their_dependencies(toy: Outputs, steps: list[str]) -> None:
    deployed = [step.removeprefix("Deploying ") for step in steps if step.startswith("Deploying ")]
    assert deployed == ["ToyData", "ToyShop", "ToyEdge"]
    assert list(toy) == deployed


def test_the_api_reaches_a_function_with_its_layer_and_parameter(local_cloud: LocalCloud, toy: Outputs) -> None:
    url = local_cloud.api_url(toy["ToyShop"]["ApiId"], "api") + "/greet/Ada"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"welcome, Ada"


def test_messages_reach_the_function_that_polls_them(local_cloud: LocalCloud, toy: Outputs) -> None:
    queue = toy["ToyShop"]["QueueUrl"]
    local_cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="bad")
    local_cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="good")
    key = {"pk": {"S": "note:good"}}
    dynamodb = local_cloud.client("dynamodb")
    eventually(lambda: dynamodb.get_item(TableName=toy["ToyData"]["TableName"], Key=key).get("Item"))


def run_machine(cloud: LocalCloud, machine: str, **input_: Any) -> dict[str, Any]:
    states = cloud.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine, input=json.dumps(input_))["executionArn"]

    def ended() -> dict[str, Any] | None:
        described: dict[str, Any] = states.describe_execution(executionArn=execution)
        return described if described["status"] != "RUNNING" else None

    done = eventually(ended)
    assert done["status"] == "SUCCEEDED"
    result: dict[str, Any] = json.loads(done["output"])
    return result


def test_a_state_machine_retries_an_error_by_its_class(local_cloud: LocalCloud, toy: Outputs) -> None:
    sale = uuid.uuid4().hex
    assert run_machine(local_cloud, toy["ToyShop"]["MachineArn"], sale=sale) == {"sold": sale, "tries": 2}


def test_a_state_machine_catches_an_error_by_its_class(local_cloud: LocalCloud, toy: Outputs) -> None:
    sale = uuid.uuid4().hex
    caught = run_machine(local_cloud, toy["ToyShop"]["MachineArn"], sale=sale, taken=True)
    assert caught["Error"] == "SeatsUnavailable"
    assert json.loads(caught["Cause"])["errorMessage"] == "somebody was faster"


def test_the_client_is_published_with_its_configuration(local_cloud: LocalCloud, toy: Outputs) -> None:
    s3, bucket = local_cloud.client("s3"), toy["ToyEdge"]["SiteBucket"]
    index = s3.get_object(Bucket=bucket, Key="index.html")
    assert (index["ContentType"], index["CacheControl"]) == ("text/html", "no-cache")
    config = json.load(s3.get_object(Bucket=bucket, Key="config.json")["Body"])
    assert config == {"address": toy["ToyEdge"]["Address"]}
    assert config["address"].endswith(".cloudfront.net")


def test_the_distribution_carries_the_secret_for_its_origin(local_cloud: LocalCloud, toy: Outputs) -> None:
    secret = local_cloud.client("secretsmanager").get_secret_value(SecretId="toy/secret")["SecretString"]
    distribution = local_cloud.client("cloudfront").get_distribution(Id=toy["ToyEdge"]["DistributionId"])
    origins = distribution["Distribution"]["DistributionConfig"]["Origins"]["Items"]
    headers = [header for origin in origins for header in origin.get("CustomHeaders", {}).get("Items", [])]
    assert headers == [{"HeaderName": "x-origin-secret", "HeaderValue": secret}]


def test_deploying_again_changes_nothing_and_another_parameter_does(
    local_cloud: LocalCloud, toy: Outputs, assembly: Path
) -> None:
    assert deploy(assembly, local_cloud, {"Greeting": "welcome"}) == toy
    assert deploy(assembly, local_cloud, {"Greeting": "hello"}) == toy
    url = local_cloud.api_url(toy["ToyShop"]["ApiId"], "api") + "/greet/Bob"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"hello, Bob"


def test_a_failed_stack_is_told_by_resource_and_reason_and_can_be_deployed_again(
    local_cloud: LocalCloud, tmp_path: Path
) -> None:
    broken = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Queue", "No"]}}}
    queue = {"Type": "AWS::SQS::Queue"}
    write_assembly(tmp_path, {"Queue": queue, "Broken": broken})
    with pytest.raises(DeployFailed, match=r"^Mini failed: Broken \(AWS::SSM::Parameter\): .*No"):
        deploy(tmp_path, local_cloud)
    write_assembly(tmp_path, {"Queue": queue})
    assert deploy(tmp_path, local_cloud) == {"Mini": {}}


def test_a_template_that_is_refused_says_why(local_cloud: LocalCloud, tmp_path: Path) -> None:
    write_assembly(tmp_path, {"Odd": {"Type": "AWS::Odd::Thing"}}, stack="Odd")
    with pytest.raises(DeployFailed, match=r"^Odd was refused: .*AWS::Odd::Thing"):
        deploy(tmp_path, local_cloud)


def write_assembly(directory: Path, resources: dict[str, Any], stack: str = "Mini") -> None:
    """The least that is an assembly with one stack."""
    template = json.dumps({"Resources": resources})
    bucket, key = "cdk-assets-${AWS::AccountId}-${AWS::Region}", f"{uuid.uuid4()}.json"
    assets = {
        "template": {
            "source": {"path": "template.json", "packaging": "file"},
            "destinations": {"here": {"bucketName": bucket, "objectKey": key}},
        }
    }
    artifacts = {
        "assets": {"type": "cdk:asset-manifest", "properties": {"file": "assets.json"}},
        stack: {
            "type": "aws:cloudformation:stack",
            "dependencies": ["assets"],
            "properties": {"templateFile": "template.json", "stackTemplateAssetObjectUrl": f"s3://{bucket}/{key}"},
        },
    }
    (directory / "template.json").write_text(template)
    (directory / "assets.json").write_text(json.dumps({"files": assets}))
    (directory / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
