"""From the queue to an execution: one per order however often it is sent, a bad message alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kit import settings
from orders import launch_purchase
from tests import harness

PURCHASE = {
    "eventId": "evt_0000000000000001",
    "personId": "ada",
    "holdId": "hld_0000000000000001",
    "seatIds": ["stalls-0-4"],
    "leaseEndsAt": "2030-05-04T12:15:30Z",
}


@pytest.fixture(autouse=True)
def machine(_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    role = "arn:aws:iam::123456789012:role/any"
    passes = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    made = settings.client("stepfunctions").create_state_machine(
        name="purchase", definition=json.dumps(passes), roleArn=role
    )
    monkeypatch.setenv("MACHINE_PURCHASE", made["stateMachineArn"])
    yield made["stateMachineArn"]


def launch(*bodies: str) -> list[str]:
    """What Lambda's poller is told: the messages to bring again."""
    records = [
        {
            "messageId": str(number),
            "receiptHandle": "handle",
            "body": body,
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        }
        for number, body in enumerate(bodies)
    ]
    answer = launch_purchase.handler({"Records": records}, harness.CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def message(order_id: str) -> str:
    return json.dumps({"orderId": order_id, **PURCHASE})


def executions(machine_arn: str) -> list[Any]:
    client = settings.client("stepfunctions")
    found = client.list_executions(stateMachineArn=machine_arn)["executions"]
    return [client.describe_execution(executionArn=execution["executionArn"]) for execution in found]


def test_an_order_starts_once_however_often_it_is_sent(machine: str) -> None:
    for _ in range(2):
        assert launch(message("ord_1"), message("ord_1"), message("ord_2")) == []
    assert sorted(execution["name"] for execution in executions(machine)) == ["ord_1", "ord_2"]


def test_an_execution_knows_ids_and_a_deadline_only(machine: str) -> None:
    launch(message("ord_1"))
    [execution] = executions(machine)
    assert json.loads(execution["input"]) == {"orderId": "ord_1", **PURCHASE}


def test_a_bad_message_comes_back_alone(machine: str) -> None:
    assert launch(message("ord_1"), "{", '{"orderId": "ord_2"}', message("ord_3")) == ["1", "2"]
    assert sorted(execution["name"] for execution in executions(machine)) == ["ord_1", "ord_3"]
