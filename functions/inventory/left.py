"""What is left of an event: the catalog's word for it, and the number that its waiting room goes by.

Both follow the map, both ways, by themselves.
"""

from __future__ import annotations

from datetime import datetime

import catalog
import waitingroom
from inventory import sales, snapshots


def settle(event_id: str, now: datetime) -> None:
    """Have the others say what the map says.

    Several functions may do this at once. Each looks again after it has written a word, so that whoever writes
    last has looked last, and no older word stays. Raises NotFound.
    """
    while True:
        snapshot = snapshots.load(event_id, consistent=True)
        written = catalog.record_availability(event_id, snapshot.available, snapshot.seat_count)
        if sales.known_event(event_id, now).waiting_room:
            waitingroom.record_stock(event_id, snapshot.available)
        if not written:
            return
