"""GET /seats/hold/{holdId}: my hold, while it lasts."""

from __future__ import annotations

from datetime import datetime

from inventory import sales, sections
from inventory.holding import get_hold
from inventory.holds import HeldSeats, Hold, describe
from inventory.problems import HoldExpired
from kit.errors import NotFound
from kit.http import Call, endpoint


@endpoint(raises=(NotFound, HoldExpired))
def handler(call: Call) -> HeldSeats:
    return describe_hold(get_hold(call.caller.person_id, call.path["holdId"], call.now), call.now)


def describe_hold(hold: Hold, now: datetime) -> HeldSeats:
    """The hold as its person sees it, seats by the labels they have in the house."""
    event = sales.known_event(hold.event_id, now)
    return describe(hold, sections.places(event.chart_hash, hold.seat_ids))
