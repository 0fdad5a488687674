"""DELETE /seats/hold/{holdId}: give the seats back at once."""

from __future__ import annotations

from datetime import datetime

from inventory import claims, rows
from inventory.holds import end_mark
from inventory.problems import PurchaseInProgress
from inventory.seats import free_after, parse_all
from inventory.writes import Unanswered
from kit.errors import Busy, NotFound
from kit.http import Call, endpoint


@endpoint(status=204, raises=(NotFound, PurchaseInProgress, Busy))
def handler(call: Call) -> None:
    release_hold(call.caller.person_id, call.path["holdId"], call.now)


def release_hold(person_id: str, hold_id: str, now: datetime) -> None:
    """The seats first, then the claim: a crash in between leaves a claim that ends with its lease.

    Raises NotFound, PurchaseInProgress, Busy.
    """
    hold = claims.find(person_id, hold_id)
    if hold is None:
        raise NotFound
    if hold.order_id is not None:
        raise PurchaseInProgress(orderId=hold.order_id)
    end = end_mark(hold_id, now)
    try:
        rows.release(hold.event_id, parse_all(hold.seat_ids), hold_id, hold.held_until, free_after(end))
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
    claims.give_back(hold, end, now)
