"""GET /seats/hold/{holdId}: my hold, while it lasts."""

from __future__ import annotations

from inventory import sales, sections
from inventory.holding import get_hold
from inventory.holds import HeldSeats, describe
from inventory.problems import HoldExpired
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(raises=(NotFound, HoldExpired))
def handler(call: Call) -> HeldSeats:
    hold = get_hold(call.caller.person_id, call.path["holdId"], call.now)
    event = sales.known_event(hold.event_id, call.now)
    return describe(hold, sections.places(event.chart_hash, hold.seat_ids))
