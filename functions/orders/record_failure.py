"""RecordFailure: this order could not be refunded now; the next run tries again, and a person sees why."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit.step import step
from kit.telemetry import count
from orders import changes
from orders.fail_order import StateError


class Unrefunded(msgspec.Struct, frozen=True, rename="camel"):
    event_id: str
    change_id: str
    order_id: str
    error: StateError


@step
def handler(failure: Unrefunded, now: datetime) -> None:
    record_failure(failure, now)


def record_failure(failure: Unrefunded, now: datetime) -> None:
    """One that was refunded before stays so."""
    changes.record(failure.event_id, failure.change_id, failure.order_id, "failed", now, why=failure.error.error)
    count("RecallsFailed")
