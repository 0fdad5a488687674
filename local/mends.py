"""What ministack gets wrong for this product, put right in its own process.

Each mend is one function, has one contract test in `tests/local/test_mends.py`, and is written against one
exact version: `check_version` refuses any other. When a contract test says that a probe passes without its
mend, delete the mend.
"""

from __future__ import annotations

import json
import marshal
import os
import re
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

from local import account_mends, machine_mends, template_mends, turn_mends
from local.lambda_host import Function, LambdaHost, NoCapacity, fingerprint

MINISTACK = "1.5.33"
STREAM_POLL_SECONDS = 0.25
"""Lambda polls each shard of a stream at this base rate."""
EXPRESSIONS_KEPT = 4096


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
                said = {"message": "Internal server error", "requestId": request_id}
                return {"status": "error", "error": json.dumps(said)}
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
        **_reachable(_runtime_env_vars(config), endpoint),
        **execution_credentials(config),
    }
    made_of = (variables, config["CodeSha256"], config.get("Timeout"), [arn for arn, _ in layers])
    return Function(
        arn=config["FunctionArn"],
        version=runtime_version,
        handler=config["Handler"],
        timeout=float(config.get("Timeout") or 3),
        niceness=turn_mends.niceness(config["FunctionArn"]),
        variables=variables,
        code=(config["CodeSha256"], code_zip),
        layers=tuple(layers),
        fingerprint=fingerprint(made_of),
    )


def poll_streams_as_aws_does() -> None:
    """Read streams four times a second, so that a burst of changes arrives as one batch, as it does on AWS.

    ministack reads after every write: a sale's projector would run once for each hold, at the holds' cost.
    """
    from ministack.services import lambda_svc

    poll = lambda_svc._poll_dynamodb_streams
    polled = 0.0

    def paced() -> bool:
        nonlocal polled
        early = polled + STREAM_POLL_SECONDS - time.monotonic()
        if early > 0:
            waker = threading.Timer(early, lambda_svc._esm_wake.set)
            waker.daemon = True
            waker.start()
            return False
        polled = time.monotonic()
        return bool(poll())

    lambda_svc._poll_dynamodb_streams = paced


def _reachable(variables: dict[str, str], endpoint: str) -> dict[str, str]:
    """An API's own address is nowhere on this machine: what names one has its local address instead."""
    own_address = re.compile(r"^https://(?P<api>[a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?=/)")
    return {name: own_address.sub(rf"{endpoint}/_aws/execute-api/\g<api>", value) for name, value in variables.items()}


def serve_as_http_apis_do() -> None:
    """Show functions the stage in their path, and callers no more than a 500 when a function failed."""
    from ministack.services import apigateway, lambda_svc

    invoke = apigateway._invoke_lambda_proxy
    shape = lambda_svc.lambda_execute_result_to_api_proxy_response

    async def with_stage(integration: Any, api: str, stage: str, path: str, *rest: Any, **options: Any) -> Any:
        shown = path if stage == "$default" else f"/{stage}{path}"
        return await invoke(integration, api, stage, shown, *rest, **options)

    def without_details(result: dict[str, Any]) -> Any:
        if result.get("error") and not result.get("throttle"):
            headers = {"content-type": "application/json"}
            return {"statusCode": 500, "headers": headers, "body": '{"message":"Internal Server Error"}'}, None
        return shape(result)

    apigateway._invoke_lambda_proxy = with_stage
    lambda_svc.lambda_execute_result_to_api_proxy_response = without_details


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


def read_expressions_once() -> None:
    """Take an expression apart once, and not again for each item of a query: a waiting room's tick, which looks
    through 100,000 items, spent two seconds on it."""
    from ministack.services import dynamodb

    split = lru_cache(EXPRESSIONS_KEPT)(lambda expression, apart=dynamodb._tokenize: tuple(apart(expression)))
    dynamodb._tokenize = lambda expression: list(split(expression))
    dynamodb._condition_syntax_error = lru_cache(EXPRESSIONS_KEPT)(dynamodb._condition_syntax_error)


def copy_items_as_data() -> None:
    """Copy an item at once. ministack does it part by part, four times an update: half a millisecond for a row of
    seats."""
    from ministack.services import dynamodb

    dynamodb.copy = SimpleNamespace(deepcopy=lambda value: marshal.loads(marshal.dumps(value)))  # noqa: S302 - our own


def run_message_groups_side_by_side() -> None:
    """Let a first-in-first-out queue whose function takes one message at a time serve several groups at once.

    The queue itself gives out no second message of a group that has one in flight.
    """
    from ministack.services import lambda_svc

    in_flight_max = lambda_svc._sqs_esm_concurrency

    def concurrency(mapping: dict[str, Any], function: Any, config: Any, queue: dict[str, Any] | None = None) -> int:
        alone = mapping.get("BatchSize") == 1
        most: int = in_flight_max(mapping, function, config, None if alone else queue)
        return most

    lambda_svc._sqs_esm_concurrency = concurrency


def fail_waits_whose_function_failed() -> None:
    """A task that waits for its token fails with the error of its function, not with a timeout much later."""
    from ministack.services import stepfunctions

    wait, call = stepfunctions._invoke_with_callback, stepfunctions._call_lambda
    waiting = threading.local()

    def waited(resource: str, sent: Any, token: str, state: dict[str, Any]) -> Any:
        waiting.token = token
        try:
            return wait(resource, sent, token, state)
        finally:
            waiting.token = None

    def called(function: str, event: Any) -> Any:
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as error:
            task = stepfunctions._task_tokens.get(getattr(waiting, "token", None) or "")
            if task is not None and not task["event"].is_set():
                task["error"] = {"Error": error.error, "Cause": error.cause}
                task["event"].set()
            raise

    stepfunctions._invoke_with_callback, stepfunctions._call_lambda = waited, called


MENDS: tuple[Callable[[], None], ...] = (
    template_mends.spell_cors_as_the_api_does,
    serve_as_http_apis_do,
    poll_streams_as_aws_does,
    template_mends.keep_time_to_live,
    stream_expiries,
    read_expressions_once,
    copy_items_as_data,
    run_message_groups_side_by_side,
    fail_waits_whose_function_failed,
    turn_mends.let_people_go_first,
    turn_mends.keep_threads,
    machine_mends.let_executions_go_on,
    account_mends.believe_only_the_code_that_was_sent,
    template_mends.know_the_issuer,
    template_mends.refer_to_secrets_by_arn,
    template_mends.accept_what_has_no_local_effect,
    template_mends.deploy_bucket_contents,
)
