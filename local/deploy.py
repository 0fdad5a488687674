"""Puts a synthesized CDK assembly (`cdk.out`) into the local cloud with nothing but boto3: no CDK command
line, no bootstrap stack. The stacks are the very templates that `cdk deploy` would send to AWS."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.cloud import ACCOUNT, REGION, LocalCloud

STACK_SECONDS = 300
POLL_SECONDS = 0.05
BOOTSTRAP_VERSION = "30"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)

Outputs = dict[str, dict[str, str]]


class DeployFailed(RuntimeError):
    """A stack could not be created or updated. Its text names the stack, the resource and the reason."""


@dataclass(frozen=True)
class Stack:
    """One stack of the assembly."""

    name: str
    template: dict[str, Any]
    template_url: str
    asset_manifests: tuple[Path, ...]


def deploy(
    assembly: Path,
    cloud: LocalCloud,
    parameters: Mapping[str, str] | None = None,
    on_progress: Callable[[str], None] = lambda step: None,
) -> Outputs:
    """Create or update every stack of an assembly, dependencies first, and return the outputs of each by its
    name. A parameter goes to every stack that declares it. Raises DeployFailed."""
    _declare_bootstrapped(cloud)
    outputs = {}
    for stack in _stacks(assembly):
        on_progress(f"Uploading what {stack.name} needs")
        for manifest in stack.asset_manifests:
            _upload_assets(manifest, cloud)
        on_progress(f"Deploying {stack.name}")
        declared = stack.template["Parameters"]
        given = {name: value for name, value in (parameters or {}).items() if name in declared}
        outputs[stack.name] = _create_or_update(stack, given, cloud)
    return outputs


def _stacks(assembly: Path) -> Iterator[Stack]:
    """The stacks of an assembly and of those nested in it, each after the stacks it depends on."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    done: set[str] = set()

    def visit(name: str) -> Iterator[Stack]:
        if name in done:
            return
        done.add(name)
        artifact = artifacts[name]
        for dependency in artifact.get("dependencies", []):
            yield from visit(dependency)
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(assembly / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            template = json.loads((assembly / properties["templateFile"]).read_text())
            needs = [artifacts[each] for each in artifact.get("dependencies", [])]
            manifests = [each for each in needs if each["type"] == "cdk:asset-manifest"]
            yield Stack(
                name=properties.get("stackName", name),
                template={"Parameters": {}, **template},
                template_url=_filled(properties["stackTemplateAssetObjectUrl"]),
                asset_manifests=tuple(assembly / each["properties"]["file"] for each in manifests),
            )

    for name in artifacts:
        yield from visit(name)


def _upload_assets(manifest: Path, cloud: LocalCloud) -> None:
    """Put every file asset where the templates expect it, unless it is there already."""
    s3 = cloud.client("s3")
    for asset_hash, asset in json.loads(manifest.read_text())["files"].items():
        source = manifest.parent / asset["source"]["path"]
        for destination in asset["destinations"].values():
            bucket, key = _filled(destination["bucketName"]), _filled(destination["objectKey"])
            if _exists(s3, bucket, key):
                continue
            if asset["source"]["packaging"] == "zip":
                source = _zipped(source, cloud.state_dir / "assets" / f"{asset_hash}.zip")
            s3.put_object(Bucket=bucket, Key=key, Body=source.read_bytes())


def _exists(s3: Any, bucket: str, key: str) -> bool:
    """Whether an object exists; makes the bucket when even that is missing."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NoSuchBucket"):
            raise
        s3.create_bucket(Bucket=bucket)
        return False
    return True


def _zipped(directory: Path, archive: Path) -> Path:
    """The directory as an archive whose bytes depend on its files alone, made once per asset hash."""
    if archive.exists():
        return archive
    archive.parent.mkdir(parents=True, exist_ok=True)
    unfinished = archive.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as opened:
        for path in sorted(directory.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(directory).as_posix(), ZIP_EPOCH)
                entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
                opened.writestr(entry, path.read_bytes())
    return unfinished.rename(archive)


def _create_or_update(stack: Stack, parameters: Mapping[str, str], cloud: LocalCloud) -> dict[str, str]:
    cloudformation = cloud.client("cloudformation")
    _, _, path = stack.template_url.partition("s3://")
    request = {
        "StackName": stack.name,
        "TemplateURL": f"{cloud.endpoint_url}/{path}",
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    present = _describe(cloudformation, stack.name)
    if present and present["StackStatus"] == "ROLLBACK_COMPLETE":
        cloudformation.delete_stack(StackName=stack.name)
        present = _settled(cloudformation, stack.name)
    try:
        if present:
            cloudformation.update_stack(**request)
        else:
            cloudformation.create_stack(**request)
    except ClientError as error:
        reason = error.response["Error"]["Message"]
        if "No updates are to be performed" not in reason:
            raise DeployFailed(f"{stack.name} was refused: {reason}") from error
    settled = _settled(cloudformation, stack.name)
    if settled is None or settled["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeployFailed(f"{stack.name} failed: {_first_failure(cloudformation, stack.name)}")
    return {output["OutputKey"]: output["OutputValue"] for output in settled.get("Outputs", [])}


def _settled(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack once nothing is in progress; None once it is gone."""
    deadline = time.monotonic() + STACK_SECONDS
    while (stack := _describe(cloudformation, name)) and stack["StackStatus"].endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeployFailed(f"{name} is still {stack['StackStatus']} after {STACK_SECONDS} seconds.")
        time.sleep(POLL_SECONDS)
    return stack


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        return None
    return stack


def _first_failure(cloudformation: Any, name: str) -> str:
    """What failed first in the stack's latest create or update; what came later is its consequence."""
    failure = "CloudFormation gave no reason."
    for event in cloudformation.describe_stack_events(StackName=name)["StackEvents"]:
        resource, status = event["LogicalResourceId"], event["ResourceStatus"]
        if status in ("CREATE_FAILED", "UPDATE_FAILED"):
            failure = f"{resource} ({event['ResourceType']}): {event['ResourceStatusReason']}"
        if resource == name and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
            break
    return failure


def _declare_bootstrapped(cloud: LocalCloud) -> None:
    """Templates of the default synthesizer look up which bootstrap stack an account has."""
    cloud.client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
    )


def _filled(text: str) -> str:
    """A name of the assembly with the account and region it leaves open."""
    for placeholder, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace("${AWS::" + placeholder + "}", value)
    return text
