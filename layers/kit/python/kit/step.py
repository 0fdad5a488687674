"""A saga step's entry point: a typed input, and `now` read once.

    @step
    def handler(purchase: Purchase, now: datetime) -> dict[str, Any]: ...

Problems and faults pass through as exceptions: the state machine retries or catches them by class name.
A Problem is counted under that name, for alarms.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

import msgspec

from kit import clock
from kit.errors import Problem
from kit.telemetry import count, log, metrics

T = TypeVar("T")


def step(function: Callable[[T, datetime], Any]) -> Callable[[dict[str, Any], Any], Any]:
    """Make a function of (input, now) the Lambda handler of one state."""
    wanted = next(iter(get_type_hints(function).values()))

    @functools.wraps(function)
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: Any) -> Any:
        log.append_keys(step=event.get("step"), order_id=event.get("orderId"))
        try:
            return msgspec.to_builtins(function(msgspec.convert(event, wanted), clock.now()))
        except Problem as problem:
            count(type(problem).__name__)
            raise

    return handler
