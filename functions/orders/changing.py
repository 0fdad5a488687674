"""Carrying out what follows from a cancelled or moved event: one run at a time, each going on where the last ended."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from kit import settings
from kit.errors import NotFound
from orders import changes
from orders.changes import Change, Failed, Kind

MACHINE = "MACHINE_EVENT_CHANGE"


class Progress(msgspec.Struct, frozen=True, rename="camel"):
    """`stopped`: orders are left or have failed, and no run is on; asking for the same change again goes on with
    them. `orders` is null until they are counted. `failures`: the first hundred; while `running`, those are tried
    again by themselves, at `nextTryAt` where that is ahead."""

    event_id: str
    change: Kind
    status: Literal["running", "stopped", "finished"]
    orders: int | None
    done: int
    failed: int
    left: int | None
    failures: list[Failed]
    next_try_at: datetime | None


class ChangeRun(msgspec.Struct, frozen=True, rename="camel"):
    """What the machine is told."""

    event_id: str
    change_id: str
    change: Kind


class OrderChange(ChangeRun, frozen=True, rename="camel"):
    """What the map tells of each order."""

    order_id: str


def carry_on(event_id: str, change_id: str, kind: Kind, now: datetime) -> Progress:
    """Begin a run, unless one is on or everything is done."""
    before = changes.find(event_id)
    if before and before.change_id == change_id and _progress(before).status != "stopped":
        return _progress(before)
    try:
        begun = changes.begin_run(event_id, change_id, kind, before, now)
    except changes.OtherRun:
        return progress_of(event_id)
    settings.client("stepfunctions").start_execution(
        stateMachineArn=settings.env(MACHINE),
        name=begun.execution,
        input=msgspec.json.encode(ChangeRun(event_id, change_id, kind)).decode(),
    )
    return progress_of(event_id)


def progress_of(event_id: str) -> Progress:
    """Raises NotFound where the event was neither cancelled nor moved."""
    change = changes.find(event_id)
    if change is None:
        raise NotFound
    return _progress(change)


def _progress(change: Change) -> Progress:
    running = _runs(change)  # before counting: what ends in between is counted
    counts = changes.count(change.event_id, change.change_id)
    left = None if change.orders is None else max(0, change.orders - counts.done - counts.failed)
    ended = left == 0 and counts.failed == 0
    return Progress(
        event_id=change.event_id,
        change=change.kind,
        status="running" if running else "finished" if ended else "stopped",
        orders=change.orders,
        done=counts.done,
        failed=counts.failed,
        left=left,
        failures=counts.failures,
        next_try_at=change.next_try_at if running else None,
    )


def _runs(change: Change) -> bool:
    client = settings.client("stepfunctions")
    arn = settings.env(MACHINE).replace(":stateMachine:", ":execution:") + f":{change.execution}"
    try:
        return bool(client.describe_execution(executionArn=arn)["status"] == "RUNNING")
    except client.exceptions.ExecutionDoesNotExist:
        return False
