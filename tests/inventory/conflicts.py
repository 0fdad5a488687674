"""Transactions that conflict as DynamoDB's do: no emulator here ever raises TransactionConflict.

A transaction has its items for a while; whatever else writes to one of them meanwhile is refused.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import botocore.client
from botocore.exceptions import ClientError

Key = tuple[str, str, str]
WRITES = {"UpdateItem", "PutItem", "DeleteItem"}


@contextmanager
def conflicting(busy_seconds: float = 0.005) -> Iterator[Counter[str]]:
    """Within this process. Counts the conflicts it raised, by operation."""
    call = botocore.client.BaseClient._make_api_call
    one_at_a_time, ongoing, raised = threading.Lock(), set[Key](), Counter[str]()

    def conflict(self: Any, operation: str, request: dict[str, Any]) -> Any:
        if operation in WRITES:
            with one_at_a_time:
                if _key(request) in ongoing:
                    raised[operation] += 1
                    raise ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, operation)
            return call(self, operation, request)
        if operation != "TransactWriteItems":
            return call(self, operation, request)
        keys = [_key(next(iter(item.values()))) for item in request["TransactItems"]]
        with one_at_a_time:
            if ongoing & set(keys):
                raised[operation] += 1
                raise cancelled(["TransactionConflict" if key in ongoing else "None" for key in keys])
            ongoing.update(keys)
        try:
            answer = call(self, operation, request)
            time.sleep(busy_seconds)  # as long as the items stay "ongoing"
            return answer
        finally:
            with one_at_a_time:
                ongoing.difference_update(keys)

    with mock.patch.object(botocore.client.BaseClient, "_make_api_call", conflict):
        yield raised


def cancelled(codes: list[str]) -> ClientError:
    """A cancelled transaction, with a reason for each of its writes."""
    reasons = [{"Code": code} for code in codes]
    told = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
    return ClientError(told, "TransactWriteItems")


def _key(request: dict[str, Any]) -> Key:
    key = request.get("Key") or request["Item"]
    return request["TableName"], str(key["pk"]), str(key["sk"])
