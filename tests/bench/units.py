"""What the tables say that work cost: every call asks for the capacity it consumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

READS = ("GetItem", "Query", "BatchGetItem")


@contextmanager
def metered() -> Iterator[Counter[str]]:
    """Units `written` and `read` by this process from here on. A refused write, of which no table tells, costs one."""
    units: Counter[str] = Counter()
    call = BaseClient._make_api_call

    def counted(self: BaseClient, operation: str, request: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name != "dynamodb":
            return call(self, operation, request)
        kind = "read" if operation in READS else "written"
        try:
            answer = call(self, operation, request | {"ReturnConsumedCapacity": "TOTAL"})
        except ClientError:
            units[kind] += 1
            raise
        told = answer.get("ConsumedCapacity", [])
        units[kind] += sum(one["CapacityUnits"] for one in (told if isinstance(told, list) else [told]))
        return answer

    with mock.patch.object(BaseClient, "_make_api_call", counted):
        yield units
