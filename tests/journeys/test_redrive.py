"""What lies in dead-letter queues of the running product is taken once its trouble is over; poison is left."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.redrive import Account, DeadLetters, dead_letters, redrive
from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of
from tests.journeys.fan import Fan, awaited


def test_redrive(site: RunningBoxoffice, capsys: pytest.CaptureFixture[str]) -> None:
    account = Account(dict(site.cloud.credentials))
    sqs, tables = site.cloud.client("sqs"), site.cloud.client("dynamodb")
    redrive(account)  # what other tests left there

    def dead(function: str, source: str) -> DeadLetters:
        """Of a function, the queue behind this source."""
        [found] = [
            each for each in dead_letters(account) if function in each.function.lower() and source in each.source_arn
        ]
        return found

    outbox, purchases, messages = dead("notify", "Orders"), dead("launch", "sqs"), dead("remind", "sqs")
    fan = Fan(site, copy_of(site, "The Debt of Hours", "Told twice"))
    browser = fan.registers_a_browser()
    assert fan.ask("PUT", "/accounts/preferences", {"orders": ["push"]}).status == 200
    order_id = fan.buy("pm_card_visa")
    fan.order(order_id, until="completed")
    awaited(lambda: fan.received(browser), bool)

    def lost() -> None:
        """As if the message had never been told."""
        [table] = [name for name in tables.list_tables()["TableNames"] if "notifications" in name.lower()]
        key = {"pk": {"S": f"O#{order_id}"}, "sk": {"S": "order-completed#1#push"}}
        tables.delete_item(TableName=table, Key=key)

    record = _outbox_record(site, outbox.source_arn, order_id)
    pointer = _pointer(outbox.source_arn, record)
    message = {"orderId": order_id, "message": "order-completed", "version": "1"}
    for queue, body in (
        (purchases, "win a prize"),
        (messages, json.dumps(message)),
        (outbox, json.dumps(pointer)),
        (outbox, json.dumps(_forgotten(pointer))),
    ):
        lost()
        sqs.send_message(QueueUrl=queue.url, MessageBody=body)
        before = len(fan.received(browser))
        listed = redrive(account, dry_run=True)
        assert (listed["found"], listed["taken"]) == (listed["left"], 0)
        tried = redrive(account)
        assert tried["found"] == listed["found"]
        told_again = len(fan.received(browser)) - before
        assert told_again == tried["taken"] == (0 if queue is purchases else 1)
    assert "win a prize" in capsys.readouterr().out
    sqs.purge_queue(QueueUrl=purchases.url)


def _outbox_record(site: RunningBoxoffice, stream: str, order_id: str) -> Any:
    streams = site.cloud.client("dynamodbstreams")
    [shard] = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    while records := (page := streams.get_records(ShardIterator=iterator))["Records"]:
        for record in records:
            keys = record["dynamodb"]["Keys"]
            if keys["pk"]["S"] == f"O#{order_id}" and keys["sk"]["S"].startswith("outbox#"):
                return record | {"shardId": shard["ShardId"]}
        iterator = page["NextShardIterator"]
    raise AssertionError("the stream does not have it")


def _pointer(stream: str, record: Any) -> dict[str, Any]:
    """What Lambda leaves of a batch that failed too often."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    number = record["dynamodb"]["SequenceNumber"]
    return {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {
            "shardId": record["shardId"],
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "approximateArrivalOfFirstRecord": at,
            "approximateArrivalOfLastRecord": at,
            "batchSize": 1,
            "streamArn": stream,
        },
    }


def _forgotten(pointer: dict[str, Any]) -> dict[str, Any]:
    """The same, a day later."""
    return {**pointer, "DDBStreamBatchInfo": {**pointer["DDBStreamBatchInfo"], "startSequenceNumber": "1".zfill(21)}}
