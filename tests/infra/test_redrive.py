"""Redriving batches of a stream: nothing is taken that was not there to be tried."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from infra.redrive import Account, DeadLetters, redrive

STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/now"
WANTED = {"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "outbox#"}]}}}}


def record(number: int, key: str = "outbox#order-completed") -> dict[str, Any]:
    keys = {"pk": {"S": f"O#{number}"}, "sk": {"S": key}}
    moment = datetime(2030, 5, 4, tzinfo=UTC)
    return {"dynamodb": {"SequenceNumber": str(number), "Keys": keys, "ApproximateCreationDateTime": moment}}


class Shard(Account):
    """One dead letter that points to records 7 to 8, and the pages in which its shard brings them."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        pointer = {"streamArn": STREAM, "shardId": "one", "startSequenceNumber": "7", "endSequenceNumber": "8"}
        body = json.dumps({"DDBStreamBatchInfo": pointer})
        self.letters = [[{"MessageId": "m", "ReceiptHandle": "r", "Body": body}]]
        self.pages, self.deleted, self.shown = list(pages), 0, list[list[str]]()

    def client(self, service: str) -> Any:
        return self

    exceptions = SimpleNamespace(TrimmedDataAccessException=TimeoutError, ResourceNotFoundException=TimeoutError)

    def receive_message(self, **_: Any) -> Any:
        return {"Messages": self.letters.pop()} if self.letters else {}

    def delete_message(self, **_: Any) -> None:
        self.deleted += 1

    def change_message_visibility(self, **_: Any) -> None:
        pass

    def get_shard_iterator(self, **_: Any) -> Any:
        return {"ShardIterator": "first"}

    def get_records(self, **_: Any) -> Any:
        page = self.pages.pop(0)
        return {"Records": page} | ({"NextShardIterator": "next"} if self.pages else {})

    def invoke(self, *, Payload: str, **_: Any) -> Any:  # noqa: N803 - boto3's
        self.shown.append([each["dynamodb"]["SequenceNumber"] for each in json.loads(Payload)["Records"]])
        return {"Payload": io.BytesIO(b'{"batchItemFailures": []}')}


@pytest.mark.parametrize(
    ("pages", "shown"),
    [
        ([[record(7), record(8), record(9)]], [["7", "8"]]),
        ([[], [record(7)], [], [], [record(8)]], [["7", "8"]]),
        ([[record(7), record(8, "ORDER")]], [["7"]]),
        ([[], [record(7)], []], []),
        ([[]], []),
        ([[record(7, "ORDER"), record(8, "ORDER")]], []),
    ],
)
def test_a_pointer_is_taken_once_all_its_records_were_shown(
    pages: list[list[dict[str, Any]]], shown: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = Shard(*pages)
    outbox = DeadLetters("outbox", "queue", "notify", STREAM, [WANTED])
    monkeypatch.setattr("infra.redrive.dead_letters", lambda account: [outbox])
    report = redrive(shard)
    assert (shard.shown, shard.deleted, report["left"]) == (shown, len(shown), 1 - len(shown))
