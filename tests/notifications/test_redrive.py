"""`make redrive`: what is taken, what is left, and what only a pointer remembers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.redrive import Account, redrive
from kit import settings
from notifications import retry_messages, send_messages
from orders import Order
from orders import store as orders
from tests import harness
from tests.notifications.conftest import completed
from tests.tickets.conftest import an_event, an_order

OUTBOX = {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "outbox#"}]}}}}
PREFIXES = {"BoxofficeData": "messages", "BoxofficeApp": "orders"}
ARN = f"arn:aws:sqs:{harness.REGION}:123456789012:"


class Deployed:
    """Lambda and CloudFormation, as far as they are asked: two functions that run here, and the queues' names."""

    def __init__(self, stream: str) -> None:
        self._handlers: dict[str, Callable[..., Any]] = {
            "remind": retry_messages.handler,
            "notify": send_messages.handler,
        }
        self.mappings = [
            {"EventSourceArn": f"{ARN}messages", "FunctionArn": "remind"},
            {
                "EventSourceArn": stream,
                "FunctionArn": "notify",
                "DestinationConfig": {"OnFailure": {"Destination": f"{ARN}orders-failed"}},
                "FilterCriteria": {"Filters": [{"Pattern": json.dumps(OUTBOX)}]},
            },
        ]

    def get_paginator(self, name: str) -> Deployed:
        return self

    def paginate(self, StackName: str = "") -> list[dict[str, Any]]:  # noqa: N803  boto3's names
        if not StackName:
            return [{"EventSourceMappings": self.mappings}]
        urls = settings.client("sqs").list_queues(QueueNamePrefix=PREFIXES[StackName])["QueueUrls"]
        queues = [{"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": url} for url in urls]
        return [{"StackResourceSummaries": queues}]

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        answer = self._handlers[FunctionName](json.loads(Payload), harness.CONTEXT)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def account(sent: Any, monkeypatch: pytest.MonkeyPatch) -> Account:
    made = settings.client("dynamodb").update_table(
        TableName="test-orders", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    )
    deployed = Deployed(made["TableDescription"]["LatestStreamArn"])
    sqs = settings.client("sqs")
    for name in ("messages-dead", "orders-failed"):
        sqs.create_queue(QueueName=name)
    policy = {"deadLetterTargetArn": f"{ARN}messages-dead", "maxReceiveCount": 5}
    sqs.create_queue(QueueName="messages", Attributes={"RedrivePolicy": json.dumps(policy)})
    real = Account.client
    monkeypatch.setattr(
        Account,
        "client",
        lambda self, service: deployed if service in ("lambda", "cloudformation") else real(self, service),
    )
    return Account({})


def put(queue: str, body: str) -> None:
    sqs = settings.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=body)


def pointer(number: str, shard: str, stream: str) -> str:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    batch = {
        "shardId": shard,
        "startSequenceNumber": number,
        "endSequenceNumber": number,
        "approximateArrivalOfFirstRecord": at,
        "approximateArrivalOfLastRecord": at,
        "streamArn": stream,
    }
    return json.dumps({"DDBStreamBatchInfo": batch})


def outbox_record(order: Order) -> tuple[str, str, str]:
    """Sequence number, shard and stream of the order's message."""
    streams = settings.client("dynamodbstreams")
    [stream] = streams.list_streams(TableName="test-orders")["Streams"]
    [shard] = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    for record in streams.get_records(ShardIterator=iterator)["Records"]:
        keys = record["dynamodb"]["Keys"]
        if keys["pk"]["S"] == f"O#{order.order_id}" and keys["sk"]["S"].startswith("outbox#"):
            return record["dynamodb"]["SequenceNumber"], shard["ShardId"], stream["StreamArn"]
    raise AssertionError("not in the stream")


def test_poison_is_shown_and_left_and_the_rest_taken(
    account: Account, sent: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    order = completed()
    put("messages-dead", "win a prize")
    put("messages-dead", json.dumps({"orderId": order.order_id, "message": "order-completed"}))
    assert redrive(account, dry_run=True) == {"found": 2, "taken": 0, "left": 2}
    assert sent == []
    assert redrive(account) == {"found": 2, "taken": 1, "left": 1}
    assert len(sent) == 1
    assert "messages-dead: refused again, 1 of 1: win a prize" in capsys.readouterr().out
    assert redrive(account) == {"found": 1, "taken": 0, "left": 1}


def test_the_records_behind_a_pointer_are_read_again(account: Account, sent: list[Any]) -> None:
    order, other = completed(), completed("bob")
    put("orders-failed", pointer(*outbox_record(order)))
    assert redrive(account) == {"found": 1, "taken": 1, "left": 0}
    assert [mail["Destination"]["ToAddresses"] for mail in sent] == [["ada@example.test"]]
    assert other.order_id != order.order_id


def test_what_a_stream_has_forgotten_is_found_in_the_outbox(
    account: Account, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.tickets.conftest.NOON", datetime.now(UTC))
    order = completed()
    orders.move(an_order(an_event("Still open")), "failed", datetime.now(UTC))
    number, shard, stream = outbox_record(order)
    put("orders-failed", pointer(number, shard, stream.rpartition("/")[0] + "/2020-01-01T00:00:00.000"))
    put("orders-failed", "not a pointer")
    assert redrive(account) == {"found": 2, "taken": 1, "left": 1}
    assert len(sent) == 1
    assert redrive(account) == {"found": 1, "taken": 0, "left": 1}
