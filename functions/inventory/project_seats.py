"""The stream of row items: what changed goes to the map, and each new lease gets its message for the end.

Records may come twice, late, or out of order: the snapshot takes only what is newer, and a second message
finds nothing to do. Rows of one section are written together, so a batch succeeds or comes again as a whole.
The whole event is counted only where a section has passed a mark: its last seat is always one.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory import leases, left, snapshots, ticks
from inventory.leases import LeaseEnd
from inventory.seats import Seat, is_lease, is_on_the_map, lease_of
from inventory.snapshots import RowBits, bits_of
from kit import clock
from kit.telemetry import count, metrics

Record = dict[str, Any]


@dataclass(frozen=True)
class RowChange:
    """A row item after a write, and which of its seats that write gave another value."""

    event_id: str
    section: str
    row: int
    version: int
    values: Sequence[bytes]
    changed: Sequence[int]


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    project_seats([_change(record) for record in event["Records"] if "NewImage" in record["dynamodb"]], clock.now())
    return {"batchItemFailures": []}


def project_seats(changes: Sequence[RowChange], now: datetime) -> None:
    """Bring the map up to these changes, have its watchers told, announce the new leases, and settle what is left."""
    sections: dict[tuple[str, str], dict[int, RowBits]] = defaultdict(dict)
    for change in changes:
        rows = sections[change.event_id, change.section]
        if change.row not in rows or rows[change.row].version < change.version:
            rows[change.row] = RowBits(change.version, bits_of(map(is_on_the_map, change.values)))
    passed = {event_id for (event_id, section), rows in sections.items() if snapshots.record(event_id, section, rows)}
    ticks.announce({event_id for event_id, _ in sections})
    leases.announce([end for change in changes for end in _leases(change)], now)
    for event_id in passed:
        left.settle(event_id, now)
    count("RowsProjected", len(changes))


def _leases(change: RowChange) -> Iterator[LeaseEnd]:
    """A message for each lease that this write began or moved."""
    ends: dict[bytes, list[str]] = defaultdict(list)
    for slot in change.changed:
        if is_lease(change.values[slot]):
            ends[change.values[slot]].append(str(Seat(change.section, change.row, slot)))
    for value, seat_ids in ends.items():
        until, hold_id = lease_of(value)
        yield LeaseEnd(change.event_id, hold_id, until, seat_ids)


def _change(record: Record) -> RowChange:
    image = record["dynamodb"]["NewImage"]
    before = record["dynamodb"].get("OldImage", {})
    _, event_id, section, row = image["pk"]["S"].split("#")
    slots = [f"s{slot}" for slot in range(sum(name[1:].isdecimal() for name in image))]
    return RowChange(
        event_id=event_id,
        section=section,
        row=int(row),
        version=int(image["ver"]["N"]),
        values=[base64.b64decode(image[slot]["B"]) for slot in slots],
        changed=[number for number, slot in enumerate(slots) if image[slot] != before.get(slot)],
    )
