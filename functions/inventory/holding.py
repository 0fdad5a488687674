"""Placing a hold: the person's claim first, then the rows; and a second hold in place of the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from inventory import claims, rows
from inventory.holds import Hold, end_mark
from inventory.problems import HoldExpired, LimitExceeded, PurchaseInProgress, SeatsUnavailable
from inventory.seats import Seat, free_after, held, is_free, parse_all
from inventory.writes import NotWritten, Refused, Unanswered
from kit.errors import Busy, IdempotencyMismatch, NotFound, Problem

HELD_AT_MOST = timedelta(minutes=15)
"""However often a hold is replaced, its seats are held no longer than this, but for a purchase."""


def place(hold: Hold, limit: int, now: datetime) -> Hold:
    """The hold as it now stands: this one, or the one that the same request placed before.

    Raises SeatsUnavailable, LimitExceeded, PurchaseInProgress, HoldExpired, IdempotencyMismatch, Busy.
    """
    if len(hold.seat_ids) > limit:
        raise LimitExceeded(limit=limit)
    try:
        standing = claims.claim(hold, limit, now)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
    if standing is None:
        return _take(hold, now)
    owned = len(standing.owned or ())
    before = claims.hold_of(standing) if standing.hold_id else None
    if before and (before.hold_id == hold.hold_id or before.key == hold.key != ""):
        return _again(hold, before, now)
    if owned + len(hold.seat_ids) > limit:
        raise LimitExceeded(limit=limit, owned=owned)
    if before is None or before.hold_id > hold.hold_id:
        raise Busy("A clock runs behind; try again.")
    if before.order_id is not None:
        raise PurchaseInProgress(orderId=before.order_id)
    return _replace(hold, before, limit, now)


def get_hold(person_id: str, hold_id: str, now: datetime) -> Hold:
    """This person's live hold. Raises NotFound, also for another person's; HoldExpired."""
    hold = claims.find(person_id, hold_id)
    if hold is None:
        raise NotFound
    if hold.until <= now:
        raise HoldExpired
    return hold


def _take(hold: Hold, now: datetime, *, first: bool = True) -> Hold:
    """The rows of a claim that is ours. Surely refused, the claim is lowered; otherwise it stays as it is,

    and so it does unless this is the `first` request for it: what an earlier one sent may still arrive.
    """
    try:
        rows.take(hold.event_id, parse_all(hold.seat_ids), hold.hold_id, hold.held_until, now)
    except NotWritten as failure:
        if failure.certain and first:
            claims.drop(hold, end_mark(hold.hold_id, now))
        raise _refusal(failure, hold, now) from failure
    return hold


def _again(hold: Hold, before: Hold, now: datetime) -> Hold:
    """The same request once more: see that the first one's rows are written, and answer as it did."""
    if before.asked != hold.asked:
        raise IdempotencyMismatch
    if before.until <= now:
        raise HoldExpired
    return before if before.order_id is not None else _take(before, now, first=False)


def _replace(hold: Hold, before: Hold, limit: int, now: datetime) -> Hold:
    """All the new seats for all the old ones, or everything stays. The first hold's hard maximum remains.

    A first hold that has just ended, and is not yet surely over on every clock, begins no shorter a second one.
    """
    since = before.since if now < before.until else now
    until = max(before.until, min(hold.until, since + HELD_AT_MOST))
    fare = msgspec.structs.replace(hold.fare, expires_at=until)
    hold = msgspec.structs.replace(hold, held_until=until, until=until, since=since, fare=fare)
    left = [seat for seat in parse_all(before.seat_ids) if str(seat) not in hold.seat_ids]
    try:
        try:
            _write_replacement(hold, before, left, limit, now)
        except Refused as failure:
            there = _there(failure)
            ours, free = held(before.hold_id, before.held_until), free_after(hold.hold_id)
            still_ours = [seat for seat in left if seat not in there or there[seat] == ours or there[seat] < free]
            if still_ours == left:
                raise
            _write_replacement(hold, before, still_ours, limit, now)
    except NotWritten as failure:
        if not failure.certain and _stands(hold):
            return hold
        raise _refusal(failure, hold, now, before) from failure
    return hold


def _write_replacement(hold: Hold, before: Hold, left: Sequence[Seat], limit: int, now: datetime) -> None:
    taken = parse_all(hold.seat_ids)
    new, old = (hold.hold_id, hold.held_until), (before.hold_id, before.held_until)
    writes = rows.replacement(hold.event_id, taken, left, new, old, now)
    rows.write([claims.replacement(hold, before, limit), *writes])


def _stands(hold: Hold) -> bool:
    standing = claims.load(hold.person_id, hold.event_id)
    return standing is not None and standing.hold_id == hold.hold_id


def _refusal(failure: NotWritten, hold: Hold, now: datetime, before: Hold | None = None) -> Problem:
    """Which of the seats somebody else has, as far as the table told; otherwise it was only busy."""
    if not isinstance(failure, Refused) or not all(map(rows.is_row, failure.items)):
        return Busy()
    there, ours = _there(failure), before or hold
    our_value = held(ours.hold_id, ours.held_until)
    lost = [
        str(seat)
        for seat in parse_all(hold.seat_ids)
        if seat in there and there[seat] != our_value and not is_free(there[seat], hold.hold_id, now)
    ]
    return SeatsUnavailable(seatIds=lost) if lost else Busy()


def _there(failure: Refused) -> dict[Seat, bytes]:
    """What stood in the rows that refused a write."""
    return {seat: value for item in filter(rows.is_row, failure.items) for seat, value in rows.values_of(item).items()}
