"""What has changed on the map since listeners were last told, section by section.

A listener may have read the map at any moment between: its state then lies between `since` and `version`. A seat
that was taken and freed again within that time would be neither in `taken` nor in `freed`, and yet wrong on that
listener's map. So a row that was written more than once is listed whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from inventory.seats import SLOTS, Seat
from inventory.snapshots import ROW_BYTES, RowBits, SectionBits, Snapshot

UNKNOWN = RowBits(0, 0)
ALL = (1 << SLOTS) - 1


@dataclass(frozen=True)
class SectionChange:
    """From a state at `since` or later, these make the state at `version`."""

    section: str
    since: int
    version: int
    taken: Sequence[str]
    freed: Sequence[str]


def changes_between(before: Mapping[str, bytes], after: Snapshot) -> list[SectionChange]:
    """`before`: each section's rows as `packed`; of one that is not there nothing is known."""
    changes = (_change(before.get(section.section, b""), section) for section in after.sections)
    return [change for change in changes if change.version > change.since]


def _change(before: bytes, after: SectionBits) -> SectionChange:
    if before == after.packed():
        return SectionChange(after.section, after.version, after.version, (), ())
    rows = [RowBits.unpacked(before[start : start + ROW_BYTES]) for start in range(0, len(before), ROW_BYTES)]
    seats = list(_seats(rows, after))
    return SectionChange(
        section=after.section,
        since=sum(row.version for row in rows),
        version=after.version,
        taken=[str(seat) for seat, free in seats if not free],
        freed=[str(seat) for seat, free in seats if free],
    )


def _seats(before: Sequence[RowBits], after: SectionBits) -> Iterator[tuple[Seat, bool]]:
    """Each seat that may be different, and whether it is free now."""
    for index, (old, row) in enumerate(zip_longest(before, after.rows, fillvalue=UNKNOWN)):
        if old.version == row.version:
            continue
        once = row.version == old.version + 1 and old is not UNKNOWN
        differs = old.bits ^ row.bits if once else ALL
        for slot in range(after.sizes[index]):
            bit = 1 << (SLOTS - 1 - slot)
            if differs & bit:
                yield Seat(after.section, index, slot), bool(row.bits & bit)
