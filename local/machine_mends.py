"""What ministack's state machines lack; see `mends`."""

from __future__ import annotations

import contextvars
import json
import threading
from typing import Any

GAVE_UP = ("FAILED", "TIMED_OUT", "ABORTED")


def let_executions_go_on() -> None:
    """Know RedriveExecution, without which an order whose purchase gave up stays open for good.

    It goes on at the state that failed; redriven again, at that same state once more.
    """
    from ministack.core.responses import error_response_json, json_response, now_iso
    from ministack.services import stepfunctions

    answer = stepfunctions.handle_request

    def redrive(execution_arn: str) -> Any:
        execution = stepfunctions._executions.get(execution_arn)
        if execution is None:
            return error_response_json("ExecutionDoesNotExist", f"Execution {execution_arn} not found", 400)
        if execution["status"] not in GAVE_UP:
            return error_response_json("ExecutionNotRedrivable", f"The execution is {execution['status']}", 400)
        execution.update(status="RUNNING", stopDate=None, output=None, error=None, cause=None)
        stepfunctions._add_event(execution, "ExecutionRedriven")
        threading.Thread(target=contextvars.copy_context().run, args=(go_on, execution), daemon=True).start()
        return json_response({"redriveDate": now_iso()})

    def go_on(execution: dict[str, Any]) -> None:
        machine = stepfunctions._state_machines[execution["stateMachineArn"]]
        entered = [event for event in execution["events"] if "stateEnteredEventDetails" in event][-1]
        failed = entered["stateEnteredEventDetails"]
        context = {
            "QueryLanguage": "JSONPath",
            "Execution": {"Id": execution["executionArn"], "Name": execution["name"]},
            "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
            "variables": {},
        }
        states, document = json.loads(machine["definition"])["States"], json.loads(failed["input"])
        try:
            output = stepfunctions._run_sub_machine(states, failed["name"], document, execution, context)
        except stepfunctions._ExecutionError as error:
            stepfunctions._fail_execution(execution, error.error, error.cause)
        else:
            execution.update(status="SUCCEEDED", output=json.dumps(output), stopDate=now_iso())

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            return stepfunctions._finalize_response(redrive(json.loads(body)["executionArn"]))
        return await answer(method, path, headers, body, query)

    stepfunctions.handle_request = handle
