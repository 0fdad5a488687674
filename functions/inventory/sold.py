"""Who has an event's seats: read from the rows themselves, which are never behind and cost a sale nothing more."""

from __future__ import annotations

import time

import catalog
from inventory import rows, sections
from inventory.seats import order_of
from kit.errors import Busy

BATCH = 100
TRIES = 5


def orders_with_seats(event_id: str) -> list[str]:
    """The orders to which a seat of the event is sold at this moment. Raises NotFound, Busy.

    Rows are read one after the other: what is sold meanwhile may be missed, what was sold before is not.
    """
    seating = sections.load_seating(catalog.get_event(event_id).chart_hash)
    places = [(row.section, row.index) for row in seating]
    found: set[str] = set()
    for start in range(0, len(places), BATCH):
        for values in _read(event_id, places[start : start + BATCH]):
            found.update(order_id for value in values if (order_id := order_of(value)))
    return sorted(found)


def _read(event_id: str, places: list[tuple[str, int]]) -> list[list[bytes]]:
    read: list[list[bytes]] = []
    for attempt in range(TRIES):
        there, places = rows.read(event_id, places)
        read += there
        if not places:
            return read
        time.sleep(0.05 * 2**attempt)
    raise Busy
