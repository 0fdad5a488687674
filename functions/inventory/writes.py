"""Sending a write and knowing how it ended.

The SDK does not retry here: a condition that accepts our own value makes a second try safe, and only we know
whether a refusal came first or after a try that nobody answered.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from kit import settings

TIMEOUT_SECONDS = 1
ATTEMPTS = 5
CONFLICTS_MAX = 12
"""A transaction has its rows for some ten milliseconds: a crowd that wants the same two rows is through in a second,
and none of them may be refused because the others were there. So conflicts do not count as attempts."""
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 0.02, 0.32
REFUSED = {"ConditionalCheckFailedException", "ConditionalCheckFailed"}
CONFLICT = {"TransactionConflictException", "TransactionConflict", "TransactionInProgressException"}
NOT_NOW = CONFLICT | {
    "ThrottlingException",
    "ThrottlingError",
    "Throttling",
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
}
"""Surely not written; worth another try after a pause."""
NOBODY_KNOWS = {"InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException"}

Item = Mapping[str, Any]


class NotWritten(Exception):
    """`certain`: every try was surely not applied. Otherwise one may still be, or may already have been."""

    def __init__(self, *, certain: bool) -> None:
        super().__init__(certain)
        self.certain = certain


class Refused(NotWritten):
    """A condition did not hold. `items`: what stood there instead, as far as the table told."""

    def __init__(self, items: list[Item], *, certain: bool) -> None:
        super().__init__(certain=certain)
        self.items = items


class Unanswered(NotWritten):
    """Throttled, in conflict or without an answer to the last try."""


@settings.at_start
def client() -> Any:
    """The function's one DynamoDB client."""
    return settings.client("dynamodb", timeout_seconds=TIMEOUT_SECONDS, attempts=1)


def send(operation: str, request: Mapping[str, Any]) -> Any:
    """Send until it is done or refused. Raises Refused or Unanswered."""
    call = getattr(client(), operation)
    certain, left = True, ATTEMPTS
    last: Exception | None = None
    for attempt in range(CONFLICTS_MAX):
        try:
            return call(**request)
        except ClientError as error:
            last = error
            codes, items = _reasons(error)
            if codes & REFUSED:
                raise Refused(items, certain=certain) from error
            if codes & NOBODY_KNOWS:
                certain = False
            elif not codes & NOT_NOW:
                raise
            left -= not codes & CONFLICT
            time.sleep(random.uniform(0, min(PAUSE_SECONDS * 2**attempt, PAUSE_SECONDS_MAX)))  # noqa: S311
        except (HTTPClientError, ConnectionError) as error:
            last = error
            certain = False
            left -= 1
        if not left:
            break
    raise Unanswered(certain=certain) from last


def _reasons(error: ClientError) -> tuple[set[str], list[Item]]:
    """The error's codes, a transaction's of each write, and the items that refused."""
    code = error.response["Error"]["Code"]
    if code != "TransactionCanceledException":
        return {code}, [error.response["Item"]] if "Item" in error.response else []
    reasons = error.response.get("CancellationReasons", [])
    refused = [reason["Item"] for reason in reasons if reason.get("Code") in REFUSED and "Item" in reason]
    return {reason.get("Code", "None") for reason in reasons}, refused
