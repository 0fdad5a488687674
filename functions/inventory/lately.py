"""Which seats were free when this function last looked at the map, no longer than a second ago.

In a sale one function serves many buyers a second. They are told apart by the rows, not by this; and what one
of them learned there, the next one knows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta

from inventory import snapshots
from inventory.neighbours import bit
from inventory.seats import Seat
from inventory.writes import Unanswered
from kit.errors import Busy

REMEMBERED = timedelta(seconds=1)
REMEMBERED_MAX = 256
EVERYWHERE = ""
_remembered: OrderedDict[tuple[str, str], tuple[datetime, dict[tuple[str, int], int]]] = OrderedDict()


def free(event_id: str, now: datetime, section: str = EVERYWHERE) -> dict[tuple[str, int], int]:
    """The bits of the free seats by section and row, of one section or all; the caller's own to change.

    Raises Busy.
    """
    where = event_id, section
    looked_at, seats = _remembered.get(where, (None, {}))
    if looked_at is None or not looked_at <= now < looked_at + REMEMBERED:
        try:
            snapshot = snapshots.load_sections(event_id, [section]) if section else snapshots.load(event_id)
        except Unanswered as nobody_knows:
            raise Busy from nobody_knows
        seats = snapshot.free()
        _remembered[where] = now, seats
        _remembered.move_to_end(where)
        while len(_remembered) > REMEMBERED_MAX:
            _remembered.popitem(last=False)
    return dict(seats)


def gone(event_id: str, seats: Iterable[Seat]) -> None:
    """Somebody has these now."""
    for seat in seats:
        for section in (EVERYWHERE, seat.section):
            _, known = _remembered.get((event_id, section), (None, {}))
            if (seat.section, seat.row) in known:
                known[seat.section, seat.row] &= ~bit(seat.slot)


def forget() -> None:
    _remembered.clear()
