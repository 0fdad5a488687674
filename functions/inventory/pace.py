"""How often one person may hold seats of an event, and how long the same ones.

Both are read from the person's claim and kept on it: every hold writes the claim anyway, so that the limits cost
no write, and nothing is read for somebody whose last hold is long over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from inventory.problems import HoldThrottled

HELD_AT_MOST = timedelta(minutes=15)
"""However often a hold is replaced or begun anew, its seats are held no longer than this, but for a purchase."""
AT_ONCE = 20
"""So many holds in a row: twenty seats clicked one by one, or the indecision of an evening. One that was refused
counts for nothing, so that losing every race throttles nobody."""
EVERY = timedelta(seconds=6)
"""Then one more each: few people choose faster, and a script is left with ten a minute."""
RESTED = timedelta(minutes=2)
"""So long must a seat have been out of a person's hands to be held anew: time for others to see it and take it."""
USEFUL = timedelta(minutes=1)
"""A hold shorter than this ends before a card is typed in."""


class Ended(NamedTuple):
    """A hold of the event that its person had lately: since when its seats were held, and until when."""

    seat_ids: list[str]
    since: datetime
    until: datetime


def next_turn(turn: datetime | None, now: datetime) -> datetime:
    """When the person's allowance is whole again, after this hold. Raises HoldThrottled."""
    turn = max(turn or now, now)
    wait = turn - now - EVERY * (AT_ONCE - 1)
    if wait > timedelta():
        raise HoldThrottled(wait)
    return turn + EVERY


def resting(ended: Iterable[Ended], now: datetime) -> list[Ended]:
    """Those whose seats are not yet free to their person as to everybody."""
    return [hold for hold in ended if now < hold.until + RESTED]


def held_since(seat_ids: Collection[str], ended: Iterable[Ended], now: datetime) -> datetime:
    """Now; but whoever takes again what was his a moment ago has held it since then. Raises HoldThrottled."""
    since = now
    for hold in resting(ended, now):
        again = sorted(set(seat_ids) & set(hold.seat_ids))
        if again and hold.since + HELD_AT_MOST < now + USEFUL:
            raise HoldThrottled(hold.until + RESTED - now, seatIds=again)
        if again:
            since = min(since, hold.since)
    return since
