"""What ministack gets wrong for this product, put right in its own process.

Each mend is one function, has one contract test in `tests/local/test_mends.py`, and is written against one
exact version: `check_version` refuses any other. When a contract test says that a probe passes without its
mend, delete the mend.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

from local.bucket_contents import copy
from local.lambda_host import Function, LambdaHost, NoCapacity, fingerprint

MINISTACK = "1.5.33"
DECLARED_ONLY = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::WAFv2::WebACLAssociation",
    "Custom::S3AutoDeleteObjects",
)

Properties = dict[str, Any]


class WrongMinistack(RuntimeError):
    """The installed ministack is not the one the mends were written against."""


def check_version() -> None:
    """Raise WrongMinistack unless the pinned ministack is installed."""
    installed = version("ministack")
    if installed != MINISTACK:
        raise WrongMinistack(
            f"The local cloud is written for ministack {MINISTACK}, but {installed} is installed: "
            "run `pip install -r requirements.txt`."
        )


def run_functions_in_host(host: LambdaHost, endpoint: str) -> None:
    """Run Python functions in our host: errors keep their class name, logging costs no time, a burst of cold
    calls does not start a process each, and nothing of this process's environment reaches a function."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    others = lambda_svc._execute_function_warm

    def execute(record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        config = record.get("config") or record
        if not record.get("code_zip") or not config["Runtime"].startswith("python"):
            answer: dict[str, Any] = others(record, event, request_id)
            return answer
        trace_id = lambda_svc._xray_trace_id_for_invocation(config)
        try:
            return host.run(_function(config, record["code_zip"], endpoint), event, request_id, trace_id)
        except NoCapacity:
            throttled: dict[str, Any] = lambda_svc._throttle_response(
                "ConcurrentInvocationLimitExceeded", f"{config['FunctionName']} is busy"
            )
            return throttled

    def websocket_worker(
        name: str, config: dict[str, Any], code_zip: bytes, qualifier: str = "$LATEST"
    ) -> SimpleNamespace:
        def invoke(event: Any, request_id: str) -> dict[str, Any]:
            answer = execute({"config": config, "code_zip": code_zip}, event, request_id)
            if answer.get("error"):
                return {"status": "error", "error": json.dumps(answer["body"])}
            return {"status": "ok", "result": answer["body"]}

        return SimpleNamespace(invoke=invoke)

    lambda_svc._execute_function_warm = execute
    lambda_runtime.get_or_create_worker = websocket_worker


def _function(config: dict[str, Any], code_zip: bytes, endpoint: str) -> Function:
    from ministack.core.lambda_runtime import execution_credentials
    from ministack.services.lambda_svc import _resolve_layer_zip, _runtime_env_vars

    layers = []
    for layer in config.get("Layers") or []:
        archive = _resolve_layer_zip(layer)
        if archive:
            layers.append((layer if isinstance(layer, str) else layer["Arn"], archive))
    name, runtime_version = config["FunctionName"], config.get("Version", "$LATEST")
    log_group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    variables = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "HOME": "/tmp",  # noqa: S108 - as on Lambda
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": "AWS_Lambda_" + config["Runtime"],
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": runtime_version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": f"[{runtime_version}]local",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "_HANDLER": config["Handler"],
        **_runtime_env_vars(config),
        **execution_credentials(config),
    }
    made_of = (variables, config["CodeSha256"], config.get("Timeout"), [arn for arn, _ in layers])
    return Function(
        arn=config["FunctionArn"],
        version=runtime_version,
        handler=config["Handler"],
        timeout=float(config.get("Timeout") or 3),
        variables=variables,
        code=(config["CodeSha256"], code_zip),
        layers=tuple(layers),
        fingerprint=fingerprint(made_of),
    )


def spell_cors_as_the_api_does() -> None:
    """Give an HTTP API made by CloudFormation a CORS configuration that its data plane can read."""

    def spelled(properties: Properties) -> Properties:
        cors = properties.get("CorsConfiguration")
        if not cors:
            return properties
        return {**properties, "CorsConfiguration": {key[:1].lower() + key[1:]: cors[key] for key in cors}}

    handlers = _handlers()["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]
    handlers["create"] = lambda name, new, stack: create(name, spelled(new), stack)
    handlers["update"] = lambda known, old, new, stack, name=None: update(
        known, spelled(old), spelled(new), stack, name
    )


def keep_time_to_live() -> None:
    """Honour `TimeToLiveSpecification` of a table made by CloudFormation."""
    from ministack.services import dynamodb

    handlers = _handlers()["AWS::DynamoDB::Table"]
    create, update = handlers["create"], handlers["update"]

    def with_ttl(made: tuple[str, dict[str, Any]], properties: Properties) -> tuple[str, dict[str, Any]]:
        if ttl := properties.get("TimeToLiveSpecification"):
            spec = {**ttl, "Enabled": str(ttl.get("Enabled")).lower() == "true"}
            dynamodb._update_ttl({"TableName": made[0], "TimeToLiveSpecification": spec})
        return made

    handlers["create"] = lambda name, new, stack: with_ttl(create(name, new, stack), new)
    handlers["update"] = lambda known, old, new, stack, name=None: with_ttl(update(known, old, new, stack, name), new)


def stream_expiries() -> None:
    """Tell the table's stream when the TTL sweep removes an item, as done by the service."""
    from ministack.services import dynamodb

    remove = dynamodb._remove_item

    def removed(table: dict[str, Any], partition: str, sort: str) -> Any:
        item = remove(table, partition, sort)
        streamed = (table.get("StreamSpecification") or {}).get("StreamEnabled")
        if item is not None and streamed and threading.current_thread().name == "dynamodb-ttl-reaper":
            name = table["TableName"]
            dynamodb._emit_stream_event(name, "REMOVE", item, None)
            identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
            dynamodb._stream_records[name][-1]["userIdentity"] = identity
        return item

    dynamodb._remove_item = removed


def know_the_issuer() -> None:
    """Give a user pool made by CloudFormation its `ProviderURL`, which its tokens have as their issuer."""
    from ministack.services.cloudformation import provisioners

    attributes = provisioners._cognito_user_pool_attributes

    def with_url(pool: str) -> dict[str, str]:
        known: dict[str, str] = attributes(pool)
        return {**known, "ProviderURL": f"https://{known['ProviderName']}"}

    provisioners._cognito_user_pool_attributes = with_url


def refer_to_secrets_by_arn() -> None:
    """Let `Ref` of a secret be its ARN, so that policies and dynamic references made from it match."""
    from ministack.services import secretsmanager

    handlers = _handlers()["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def name_of(arn: str) -> str:
        return secretsmanager._resolve(arn)[0] or arn

    def by_arn(made: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        return made[1]["Arn"], made[1]

    handlers["create"] = lambda name, new, stack: by_arn(create(name, new, stack))
    handlers["update"] = lambda known, old, new, stack, name=None: by_arn(update(name_of(known), old, new, stack, name))
    handlers["delete"] = lambda known, properties: delete(name_of(known), properties)


def accept_what_has_no_local_effect() -> None:
    """Let a template declare what matters only in a real account."""

    def create(name: str, properties: Properties, stack: str) -> tuple[str, dict[str, Any]]:
        return f"{stack}-{name}", {}

    def delete(known: str, properties: Properties) -> None:
        return None

    for kind in DECLARED_ONLY:
        _handlers()[kind] = {"create": create, "delete": delete}


def deploy_bucket_contents() -> None:
    """Do the work of `Custom::CDKBucketDeployment`, on AWS a function that runs the AWS command line."""

    def create(name: str, properties: Properties, stack: str) -> tuple[str, dict[str, Any]]:
        return f"aws.cdk.s3deployment.{uuid.uuid4()}", copy(properties)

    def update(known: str, old: Properties, new: Properties, stack: str) -> tuple[str, dict[str, Any]]:
        return known, copy(new)

    def delete(known: str, properties: Properties) -> None:
        return None

    _handlers()["Custom::CDKBucketDeployment"] = {"create": create, "update": update, "delete": delete}


def _handlers() -> dict[str, dict[str, Any]]:
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    handlers: dict[str, dict[str, Any]] = _RESOURCE_HANDLERS
    return handlers


MENDS: tuple[Callable[[], None], ...] = (
    spell_cors_as_the_api_does,
    keep_time_to_live,
    stream_expiries,
    know_the_issuer,
    refer_to_secrets_by_arn,
    accept_what_has_no_local_effect,
    deploy_bucket_contents,
)
