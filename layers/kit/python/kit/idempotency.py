"""`Idempotency-Key` at the HTTP edge: the same key and body get the stored answer for 24 hours.

This layer spares a client a second answer; what stops a second effect is the identity of the thing itself
(an order's id is derived from its buyer and key, a payment's key from its order).
Missing 400, in flight 409, other body 422. Problems are not stored: the next try runs again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from kit import settings
from kit.errors import IdempotencyKeyRequired, IdempotencyMismatch, InProgress
from kit.http import Call

__all__ = ["IdempotencyKeyRequired", "IdempotencyMismatch", "InProgress", "key_of", "once"]

KEPT_SECONDS = 24 * 3600
IN_FLIGHT_SECONDS = 30
"""No HTTP API call lives longer: after that a first try that crashed no longer blocks the next one."""


def key_of(call: Call) -> str:
    """The key the client sent. Raises IdempotencyKeyRequired."""
    if key := call.idempotency_key:
        return key
    raise IdempotencyKeyRequired


def once(call: Call, operation: str, action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `action` for this caller, operation and key once; answer again from what was stored.

    `action` answers JSON types. Raises IdempotencyKeyRequired, IdempotencyMismatch, InProgress.
    """
    identity = {
        "key": f"{operation}#{call.caller.person_id}#{key_of(call)}",
        "body": hashlib.sha256(call.raw_body).hexdigest(),
    }

    def run(*, request: dict[str, str]) -> dict[str, Any]:
        return action()

    guarded = idempotent_function(run, data_keyword_argument="request", persistence_store=_store(), config=_config())
    try:
        answer: dict[str, Any] = guarded(request=identity)
    except IdempotencyValidationError as error:
        raise IdempotencyMismatch from error
    except IdempotencyAlreadyInProgressError as error:
        raise InProgress from error
    return answer


@cache
def _config() -> IdempotencyConfig:
    return IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="body",
        expires_after_seconds=KEPT_SECONDS,
        lambda_context=_InFlight(),
    )


class _InFlight(LambdaContext):
    """Powertools asks the Lambda context how long a call may still run. Without an answer, a crash would
    block its key until the record expires."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return IN_FLIGHT_SECONDS * 1000


@settings.at_start
@cache
def _store() -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=settings.env("TABLE_IDEMPOTENCY"),
        key_attr="pk",
        expiry_attr="expires",
        boto3_client=settings.client("dynamodb"),
    )
