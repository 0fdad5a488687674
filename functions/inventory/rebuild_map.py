"""POST /operator/events/{eventId}/map: make the map again from the rows, whatever had become of it.

Safe during a sale. A row of the map is replaced only while it stands as it was seen, and the base was read after
that, so the map never goes back to something older than the projector had made of it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from catalog import Section
from inventory import left, rows, sales, sections, snapshots, ticks
from inventory.problems import NotOnSaleYet
from inventory.seats import is_on_the_map
from inventory.snapshots import RowBits, before_sale, bits_of
from inventory.writes import Item, Refused, Unanswered
from kit.auth import OPERATOR
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint
from kit.telemetry import log

ATTEMPTS = 100
"""A section that is being sold moves on while it is compared."""


class RebuiltMap(msgspec.Struct, frozen=True, rename="camel"):
    """The map as it is now, and how many of its rows were not as the base had them."""

    event_id: str
    version: int
    available: int
    seat_count: int
    rows_mended: int


@endpoint(callers=OPERATOR, raises=(NotFound, NotOnSaleYet, Busy))
def handler(call: Call) -> RebuiltMap:
    """Make an event's map again from its seats."""
    rebuilt = rebuild_map(call.path["eventId"], call.now)
    log.info("map rebuilt", operator=call.caller.person_id, **msgspec.structs.asdict(rebuilt))
    return rebuilt


def rebuild_map(event_id: str, now: datetime) -> RebuiltMap:
    """Raises NotFound, NotOnSaleYet, Busy."""
    event = sales.shown_event(event_id, now)
    try:
        chart = enumerate(sections.in_order(event.chart_hash))
        mended = sum(_rebuild(event_id, position, section) for position, section in chart)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
    left.settle(event_id, now)
    ticks.announce([event_id])
    snapshot = snapshots.load(event_id, consistent=True)
    return RebuiltMap(event_id, snapshot.version, snapshot.available, snapshot.seat_count, mended)


def _rebuild(event_id: str, position: int, section: Section) -> int:
    """How many rows were mended. What the projector brings meanwhile is left for another look. Raises Busy."""
    mended = 0
    for _ in range(ATTEMPTS):
        seen = next(iter(snapshots.load_sections(event_id, [section.key], consistent=True).sections), None)
        base = dict(map(_row, rows.load(event_id, section.key, len(section.row_sizes()))))
        if seen is None:
            snapshots.create(event_id, [before_sale(position, section).with_rows(base)])
            mended += len(base)
            continue
        wrong = {row: (seen.rows[row], bits) for row, bits in base.items() if seen.rows[row] != bits}
        if not wrong:
            return mended
        mended += _mend(event_id, section.key, dict(list(wrong.items())[: snapshots.ROWS_TOGETHER]))
    raise Busy


def _mend(event_id: str, section: str, wrong: dict[int, tuple[RowBits, RowBits]]) -> int:
    try:
        snapshots.mend(event_id, section, wrong)
    except Refused:
        return 0
    return len(wrong)


def _row(item: Item) -> tuple[int, RowBits]:
    seats = sorted(rows.values_of(item).items())
    return seats[0][0].row, RowBits(int(item["ver"]["N"]), bits_of(is_on_the_map(value) for _, value in seats))
