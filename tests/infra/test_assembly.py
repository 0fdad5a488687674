"""What would be deployed: valid templates, and the promises every table, queue and function must keep."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from infra.app_stack import DISTRIBUTION_PARAMETER, SITE_URL_PARAMETER
from infra.functions import READ, WRITE, hosts
from infra.wiring import WIRING
from tests.infra.conftest import synthesize

STACKS = ("BoxofficeData", "BoxofficeApp", "BoxofficeEdge", "BoxofficeAddress")


def resources(assembly: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for stack in STACKS:
        yield from _of(assembly, stack, kind)


def _of(assembly: Path, stack: str, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    template = json.loads((assembly / f"{stack}.template.json").read_text())
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def test_templates_pass_cfn_lint(assembly: Path) -> None:
    # W3005: CDK writes DependsOn where a GetAtt already says it.
    templates = [str(assembly / f"{stack}.template.json") for stack in STACKS]
    run = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W3005", "--", *templates],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_in_any_region_the_edge_and_the_functions_read_secrets_and_parameters_where_they_are(tmp_path: Path) -> None:
    assembly = synthesize(tmp_path / "out", "eu-central-1")
    stacks = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    region = {name: stacks[name]["environment"].rpartition("/")[2] for name in STACKS}
    assert region == dict.fromkeys(STACKS, "eu-central-1") | {"BoxofficeEdge": "us-east-1"}

    edge = (assembly / "BoxofficeEdge.template.json").read_text()
    secrets = set(re.findall(r"resolve:secretsmanager:([^:]+):", edge))
    assert secrets == {"boxoffice/edge", "boxoffice/origin"}
    # A changed secret behind an unchanged reference would be no change to CloudFormation.
    versions = re.findall(r"resolve:secretsmanager:boxoffice/(\w+):SecretString:::\",\s+{\s+\"Ref\": \"(\w+)\"", edge)
    assert len(versions) == edge.count("resolve:secretsmanager")
    assert set(versions) == {("edge", "EdgeKeysVersion"), ("origin", "OriginSecretVersion")}
    data = json.loads((assembly / "BoxofficeData.template.json").read_text())["Resources"].values()
    kept = {each["Properties"]["Name"]: each["Properties"] for each in data if each["Type"].endswith("::Secret")}
    assert all(kept[name]["ReplicaRegions"] == [{"Region": "us-east-1"}] for name in secrets)

    parameters = {properties["Name"] for _, properties in resources(assembly, "AWS::SSM::Parameter")}
    written = {each["Name"] for _, each in _of(assembly, "BoxofficeAddress", "AWS::SSM::Parameter")}
    assert parameters == written == {SITE_URL_PARAMETER, DISTRIBUTION_PARAMETER}


def test_every_table_can_be_restored_and_survives_its_stack(assembly: Path) -> None:
    tables = dict(resources(assembly, "AWS::DynamoDB::Table"))
    assert len(tables) >= 7
    for name, table in tables.items():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name
        assert table["DeletionProtectionEnabled"] is True, name
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}, name


def test_every_alarm_tells_the_operators(assembly: Path) -> None:
    """One topic, of which mail is sent where an address was given, and no other action."""
    alarms = dict(resources(assembly, "AWS::CloudWatch::Alarm"))
    assert len(alarms) > 30
    assert len(dict(resources(assembly, "AWS::SNS::Topic"))) == 1
    told = {json.dumps(alarm["AlarmActions"]) for alarm in alarms.values()}
    assert len(told) == 2 and all("OperatorsAlarms" in topic for topic in told)  # its own name, and its export
    assert all(alarm["OKActions"] == alarm["AlarmActions"] for alarm in alarms.values())


def test_only_what_talks_to_stripe_may_read_its_key() -> None:
    assert {function.name for function in WIRING if "stripe" in function.secrets} == {"pay", "webhook", "bookkeep"}


def test_no_function_may_scan_or_delete() -> None:
    assert not {"Scan", "DeleteItem"} & set(READ + WRITE)


def test_functions_see_only_tables_they_are_wired_to(assembly: Path) -> None:
    functions = {
        properties["Description"]: properties["Environment"]["Variables"]
        for _, properties in resources(assembly, "AWS::Lambda::Function")
        if str(properties.get("Description")).startswith("Hosts ")
    }
    assert len(functions) == len(WIRING)
    for wired in WIRING:
        tables = {name for name in functions[hosts(wired)] if name.startswith("TABLE_")}
        assert tables == {f"TABLE_{context.upper()}" for context in (*wired.reads, *wired.writes)}


def test_who_follows_the_rows_cannot_write_them(assembly: Path) -> None:
    """Functions that keep what follows from a table write that part of it alone."""
    policies = {name: p["PolicyDocument"]["Statement"] for name, p in resources(assembly, "AWS::IAM::Policy")}
    for wired in (wired for wired in WIRING if wired.writes_only):
        [statements] = [each for name, each in policies.items() if name.startswith(f"{wired.name}FunctionServiceRole")]
        writing = [each for each in statements if "dynamodb:UpdateItem" in each["Action"]]
        narrow = [each for each in writing if "Condition" in each]
        allowed = [each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for each in narrow]
        assert sorted(allowed) == sorted([f"{p}*" for p in prefixes] for prefixes in wired.writes_only.values())
        wide = json.dumps([each["Resource"] for each in writing if each not in narrow])
        assert not [each for each in narrow if json.dumps(each["Resource"]) in wide]
    assert {w.name for w in WIRING if w.writes_only.get("inventory") == ("S#",)} == {"project", "mend"}


def test_a_queue_outwaits_the_function_it_feeds(assembly: Path) -> None:
    slowest = max(wired.timeout_seconds for wired in WIRING if any(t.key == "*" for t in wired.verbs))
    for name, queue in resources(assembly, "AWS::SQS::Queue"):
        if "RedrivePolicy" in queue:
            assert queue["VisibilityTimeout"] >= 6 * min(slowest, 10), name


@pytest.mark.parametrize("read", ["seatmap", "availability"])
def test_the_edge_keeps_one_copy_of_a_map_for_a_second(assembly: Path, read: str) -> None:
    """Nothing that a client sends makes a second one, and nothing keeps CloudFront from collapsing requests."""
    (_, distribution), *_ = resources(assembly, "AWS::CloudFront::Distribution")
    policies = {name: p["CachePolicyConfig"] for name, p in resources(assembly, "AWS::CloudFront::CachePolicy")}
    behaviours = distribution["DistributionConfig"]["CacheBehaviors"]
    first = next(b for b in behaviours if fnmatchcase(f"/api/events/evt_06gvk2m1c8t4hq3e/{read}", b["PathPattern"]))
    policy = policies[first["CachePolicyId"]["Ref"]]
    assert (policy["MinTTL"], policy["MaxTTL"]) == (0, 1)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}


@pytest.mark.parametrize("path", ["/api/*", "/api/events*", "/api/venues*"])
def test_the_edge_never_keeps_what_the_api_calls_private(assembly: Path, path: str) -> None:
    (_, distribution), *_ = resources(assembly, "AWS::CloudFront::Distribution")
    policies = {name: p["CachePolicyConfig"] for name, p in resources(assembly, "AWS::CloudFront::CachePolicy")}
    behaviours = {b["PathPattern"]: b for b in distribution["DistributionConfig"]["CacheBehaviors"]}
    policy = behaviours[path]["CachePolicyId"]
    if isinstance(policy, dict):
        assert policies[policy["Ref"]]["MinTTL"] == 0
        assert policies[policy["Ref"]]["DefaultTTL"] == 0
    else:
        assert policy == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled"
