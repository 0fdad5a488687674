"""What landed in a dead-letter queue is shown to its function once more, on a running Boxoffice.

python -m infra.redrive              on this machine (`make run`)
python -m infra.redrive --aws        in the AWS account of your credentials
python -m infra.redrive --dry-run    only lists what lies there

What the function takes is deleted; what it refuses again is shown with its reason and left. Behind a queue lies the
message itself, for fourteen days. Behind a stream lies a pointer, good for the stream's 24 hours: its records are
read again, or, of an outbox, the items that were written then. The last line is the report.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.reconcile import HERE

STACKS = ("BoxofficeData", "BoxofficeApp")
LOOK_SECONDS = 600
"""How long a message that was looked at is not given to anybody else."""
OUTBOX = "outbox#"
AROUND = timedelta(minutes=5)
SHOWN_MAX = 160
PAGES_MAX = 1000
"""A shard's pages may be empty though records follow."""
FUNCTION_SECONDS = 900


class Unreadable(Exception):
    """A pointer to records that the stream has forgotten, or does not bring."""


@dataclass(frozen=True)
class DeadLetters:
    """A dead-letter queue, and the function that did not take what lies in it."""

    name: str
    url: str
    function: str
    source_arn: str
    wanted: list[Any] = field(default_factory=list)
    """Of a stream, the filters that say which of its records the function gets."""


@dataclass(frozen=True)
class Account:
    """How to reach one with boto3."""

    options: dict[str, Any]

    def client(self, service: str) -> Any:
        patient = Config(read_timeout=FUNCTION_SECONDS + 10, retries={"total_max_attempts": 1})
        return boto3.client(service, config=patient if service == "lambda" else None, **self.options)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make redrive", description=__doc__)
    parser.add_argument("--aws", action="store_true", help="in the AWS account of your credentials")
    parser.add_argument("--port", type=int, default=8000, help="of the site on this machine (default 8000)")
    parser.add_argument("--dry-run", action="store_true", help="only list what lies there")
    asked = parser.parse_args()
    here = {"endpoint_url": f"http://127.0.0.1:{asked.port + 1}", **HERE}
    try:
        report = redrive(Account({} if asked.aws else here), dry_run=asked.dry_run)
    except (BotoCoreError, ClientError) as trouble:
        where = "in this account" if asked.aws else f"at port {asked.port}"
        raise SystemExit(f"No Boxoffice could be asked {where}: {trouble}") from trouble
    print(json.dumps(report))
    return 1 if report["left"] and not asked.dry_run else 0


def redrive(account: Account, *, dry_run: bool = False) -> dict[str, int]:
    """Go through every dead-letter queue once: how many messages lay there, were taken, and are left."""
    tally: Counter[str] = Counter(found=0, taken=0, left=0)
    sqs = account.client("sqs")
    for letters in dead_letters(account):
        looked_at = list(_messages(sqs, letters.url))
        for message in looked_at:
            tally["found"] += 1
            trouble = "not tried" if dry_run else _try(account, letters, message)
            if trouble is None:
                sqs.delete_message(QueueUrl=letters.url, ReceiptHandle=message["ReceiptHandle"])
            else:
                sqs.change_message_visibility(
                    QueueUrl=letters.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
            tally["left" if trouble else "taken"] += 1
            print(f"{letters.name}: {trouble or 'taken'}: {message['Body'][:SHOWN_MAX]}")
    return dict(tally)


def dead_letters(account: Account) -> Iterator[DeadLetters]:
    """Every dead-letter queue of the stacks, found from what feeds the functions."""
    queues = {_arn(account, url): url for url in _queues(account)}
    sources = {}
    for arn, url in queues.items():
        attributes = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        if policy := attributes.get("Attributes", {}).get("RedrivePolicy"):
            sources[arn] = json.loads(policy)["deadLetterTargetArn"]
    for page in account.client("lambda").get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            source, failed = mapping["EventSourceArn"], mapping.get("DestinationConfig", {}).get("OnFailure", {})
            dead = sources.get(source) or failed.get("Destination")
            if dead in queues:
                filters = mapping.get("FilterCriteria", {}).get("Filters", [])
                yield DeadLetters(
                    name=dead.rpartition(":")[2],
                    url=queues[dead],
                    function=mapping["FunctionArn"],
                    source_arn=source,
                    wanted=[json.loads(each["Pattern"]) for each in filters],
                )


def _queues(account: Account) -> Iterator[str]:
    pages = account.client("cloudformation").get_paginator("list_stack_resources")
    for stack in STACKS:
        for page in pages.paginate(StackName=stack):
            for resource in page["StackResourceSummaries"]:
                if resource["ResourceType"] == "AWS::SQS::Queue":
                    yield resource["PhysicalResourceId"]


def _arn(account: Account, url: str) -> str:
    answer = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _messages(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Everything that lies there, each once."""
    while found := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=LOOK_SECONDS, MessageSystemAttributeNames=["All"]
    ).get("Messages"):
        yield from found


def _try(account: Account, letters: DeadLetters, message: dict[str, Any]) -> str | None:
    """Why the function did not take it, if it did not."""
    try:
        if ":dynamodb:" in letters.source_arn:
            records = _pointed_to(account, letters, json.loads(message["Body"])["DDBStreamBatchInfo"])
        else:
            records = [_sqs_record(letters, message)]
    except Unreadable as gone:
        return str(gone)
    except (ValueError, KeyError):
        return "not a message of this queue"
    if not records:
        return "none of its records is there any more"
    answer = account.client("lambda").invoke(
        FunctionName=letters.function, Payload=json.dumps({"Records": records}, default=str)
    )
    said = json.load(answer["Payload"]) or {}
    if "FunctionError" in answer:
        return f"{said.get('errorType')}: {said.get('errorMessage')}"
    return f"refused again, {len(said['batchItemFailures'])} of {len(records)}" if said["batchItemFailures"] else None


def _sqs_record(letters: DeadLetters, message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": letters.source_arn,
        "awsRegion": letters.source_arn.split(":")[3],
    }


def _pointed_to(account: Account, letters: DeadLetters, pointer: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a failed batch. Raises Unreadable."""
    streams = account.client("dynamodbstreams")
    gone = streams.exceptions
    found: list[dict[str, Any]] = []
    last = int(pointer["endSequenceNumber"])
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=pointer["streamArn"],
            ShardId=pointer["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=pointer["startSequenceNumber"],
        )["ShardIterator"]
        for _ in range(PAGES_MAX):  # of which some may be empty
            page = streams.get_records(ShardIterator=iterator)
            found += page["Records"]
            iterator = page.get("NextShardIterator")
            if not iterator or (found and _number(found[-1]) >= last):
                break
    except (gone.TrimmedDataAccessException, gone.ResourceNotFoundException):
        return list(_written_then(account, letters, pointer))
    if not found or _number(found[-1]) < last:
        raise Unreadable("the stream did not bring all of these records: try again")
    batch = [record for record in found if _number(record) <= last]
    return [_plain(record) for record in batch if any(_fits(record, pattern) for pattern in letters.wanted)]


def _written_then(account: Account, letters: DeadLetters, pointer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of an outbox, the items of about that time, which are still in the table; told ones are not told again."""
    if not any(OUTBOX in json.dumps(pattern) for pattern in letters.wanted):
        raise Unreadable("the stream has forgotten these records: see what its function makes, and make it again")
    first, last = (datetime.fromisoformat(pointer[f"approximateArrivalOf{which}Record"]) for which in ("First", "Last"))
    pages = (
        account.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=pointer["streamArn"].split("/")[1],
            FilterExpression="begins_with(sk, :outbox) AND createdAt BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":outbox": {"S": OUTBOX},
                ":first": {"S": (first - AROUND).isoformat()},
                ":last": {"S": (last + AROUND).isoformat()},
            },
        )
    )
    for item in (item for page in pages for item in page["Items"]):
        keys = {name: item[name] for name in ("pk", "sk")}
        record = {
            "eventName": "INSERT",
            "dynamodb": {"Keys": keys, "NewImage": item, "SequenceNumber": item["sk"]["S"]},
        }
        if any(_fits(record, pattern) for pattern in letters.wanted):
            yield record | {"eventSource": "aws:dynamodb", "eventSourceARN": letters.source_arn}


def _fits(document: Any, pattern: Any) -> bool:
    """Whether a record passes a filter as `infra.functions` writes them: exact words and beginnings."""
    if isinstance(pattern, dict):
        return isinstance(document, dict) and all(_fits(document.get(key), part) for key, part in pattern.items())
    return any(
        str(document).startswith(each["prefix"]) if isinstance(each, dict) else document == each for each in pattern
    )


def _number(record: dict[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """As Lambda shows it: times as numbers."""
    change = record["dynamodb"]
    return record | {
        "dynamodb": change | {"ApproximateCreationDateTime": change["ApproximateCreationDateTime"].timestamp()}
    }


if __name__ == "__main__":
    sys.exit(main())
