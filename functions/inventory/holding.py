"""Placing a hold: the person's claim first, then the rows; and a second hold in place of the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from inventory import claims, keys, pace, rows
from inventory.claims import Claim, Past
from inventory.holds import Hold, end_mark
from inventory.problems import HoldExpired, HoldNotExtendable, LimitExceeded, PurchaseInProgress, SeatsUnavailable
from inventory.seats import Seat, ended_before, held, is_on_the_map, mark_of, parse_all
from inventory.writes import NotWritten, Refused, Unanswered
from kit import ids
from kit.clock import rfc3339
from kit.errors import Busy, IdempotencyMismatch, NotFound, Problem

ASKED_MAX = 4


class Overtaken(Exception):
    """Since this hold was asked for, what it wants was given back, or its person asked for more: at `mark`."""

    def __init__(self, mark: str) -> None:
        super().__init__(mark)
        self.mark = mark


def place(hold: Hold, limit: int, now: datetime) -> Hold:
    """The hold as it now stands: this one, or the one that the same request placed before.

    Raises SeatsUnavailable, LimitExceeded, PurchaseInProgress, HoldThrottled, HoldNotExtendable, HoldExpired,
    IdempotencyMismatch, Busy.
    """
    if len(hold.seat_ids) > limit:
        raise LimitExceeded(limit=limit)
    for _ in range(ASKED_MAX):
        try:
            return _place(hold, limit, now)
        except Overtaken as overtaken:
            hold = ask_anew(hold, overtaken.mark, now)
        except Unanswered as nobody_knows:
            raise Busy from nobody_knows
    raise Busy("Too much happens to these seats at this moment; try again.")


def ask_anew(hold: Hold, mark: str, now: datetime) -> Hold:
    """The same wish with an id above the mark, so that late writes of the first one still find it."""
    return msgspec.structs.replace(hold, hold_id=ids.new("hld", now, above=mark))


def _place(hold: Hold, limit: int, now: datetime) -> Hold:
    standing = claims.claim(hold, limit, now)
    if standing is None:
        return _take(hold, now)
    before = claims.hold_of(standing) if standing.hold_id else None
    if standing.hold_id == hold.hold_id or (hold.key and standing.key == hold.key):
        return _again(hold, before, standing, now)
    keys.check(claims.used_keys(standing, now), hold.key, hold.asked)
    owned = len(standing.owned or ())
    if owned + len(hold.seat_ids) > limit:
        raise LimitExceeded(limit=limit, owned=owned)
    if before and before.order_id is not None:
        raise PurchaseInProgress(orderId=before.order_id)
    latest = max(standing.last or "", standing.hold_id or "")
    if latest >= hold.hold_id:
        raise Overtaken(latest)
    past = claims.past(standing, now)
    if before and now <= before.until + claims.SKEW:
        return _replace(hold, before, past, limit, now)
    hold = _since(hold, pace.held_since(hold.seat_ids, past.ended, now))
    if claims.claim_after(standing, hold, limit, past) is not None:
        raise Overtaken(hold.hold_id)
    return _take(hold, now)


def _since(hold: Hold, since: datetime) -> Hold:
    """A hold that began then, and is not over before its own lease but for the hard maximum."""
    until = min(hold.until, since + pace.HELD_AT_MOST)
    fare = msgspec.structs.replace(hold.fare, expires_at=until)
    return msgspec.structs.replace(hold, held_until=until, until=until, since=since, fare=fare)


def placed_before(person_id: str, event_id: str, digests: tuple[str, str], now: datetime) -> Hold | None:
    """The live hold that the same request with the same key already has."""
    claim = claims.load(person_id, event_id) if digests[0] else None
    if claim is None or claim.hold_id is None:
        return None
    hold = claims.hold_of(claim)
    return hold if (hold.key, hold.asked) == digests and now < hold.until else None


def get_hold(person_id: str, hold_id: str, now: datetime) -> Hold:
    """This person's live hold. Raises NotFound, also for another person's; HoldExpired."""
    hold = claims.find(person_id, hold_id)
    if hold is None:
        raise NotFound
    if hold.until <= now:
        raise HoldExpired
    return hold


def _take(hold: Hold, now: datetime) -> Hold:
    """The rows of a claim that was made just now. Surely refused, the claim is lowered; otherwise it stays."""
    try:
        _take_rows(hold, now)
    except NotWritten as failure:
        if failure.certain:
            claims.lower(hold, end_mark(hold.hold_id, now))
        raise _refusal(failure, hold, now) from failure
    return hold


def _take_rows(hold: Hold, now: datetime) -> None:
    rows.take(hold.event_id, parse_all(hold.seat_ids), hold.hold_id, hold.held_until, now)


def _again(hold: Hold, before: Hold | None, standing: Claim, now: datetime) -> Hold:
    """The same request once more: see that the first one's rows are written, and answer as it did."""
    if standing.asked != hold.asked:
        raise IdempotencyMismatch
    if before is None or before.until <= now:
        raise HoldExpired
    if before.order_id is not None:
        return before
    if not claims.repeat(before):
        raise Overtaken(before.hold_id)
    return _take_again(before, now)


def _take_again(hold: Hold, now: datetime) -> Hold:
    """The claim stays whatever comes of it: what the first request sent may still arrive."""
    try:
        _take_rows(hold, now)
    except NotWritten as failure:
        refusal = _refusal(failure, hold, now)
        raise (HoldExpired() if isinstance(refusal, Overtaken) else refusal) from failure
    return hold


def _replace(hold: Hold, before: Hold, past: Past, limit: int, now: datetime) -> Hold:
    """All the new seats for all the old ones, or everything stays. The first hold's hard maximum remains.

    `past`: the holds that came before, the first one last. A first hold that has just ended, and is not yet surely
    over on every clock, begins no shorter a second one.
    """
    lives = now < before.until
    since = pace.held_since(hold.seat_ids, past.ended[:-1] if lives else past.ended, now)
    hold = _since(hold, min(since, before.since) if lives else since)
    if hold.since == before.since and lives and hold.until <= before.until:
        if set(hold.seat_ids) == set(before.seat_ids):
            raise HoldNotExtendable(heldUntil=rfc3339(before.until))
        fare = msgspec.structs.replace(hold.fare, expires_at=before.until)
        hold = msgspec.structs.replace(hold, held_until=before.until, until=before.until, fare=fare)
    raised = claims.replacement(hold, before, limit, past)
    try:
        _write_replacement(raised, hold, before, now)
    except NotWritten as failure:
        if not failure.certain and _stands(hold):
            return hold
        raise _refusal(failure, hold, now, before) from failure
    return hold


def _write_replacement(raised: dict[str, Any], hold: Hold, before: Hold, now: datetime) -> None:
    """The claim and the rows together. Of the first hold's seats those that have moved on stay as they are."""
    new, old = (hold.hold_id, hold.held_until), (before.hold_id, before.held_until)
    ours, taken = held(*old), parse_all(hold.seat_ids)
    left, certain = [seat for seat in parse_all(before.seat_ids) if seat not in taken], True
    while True:
        try:
            rows.write([raised, *rows.replacement(hold.event_id, taken, left, new, old, now)])
            return
        except NotWritten as failure:
            failure.certain = certain = certain and failure.certain
            there = _there(failure) if isinstance(failure, Refused) else {}
            still_ours = [
                seat
                for seat in left
                if there.get(seat, ours) == ours or rows.is_unclaimed(there[seat], hold.hold_id, now)
            ]
            if still_ours == left:
                raise
            left = still_ours


def _stands(hold: Hold) -> bool:
    standing = claims.load(hold.person_id, hold.event_id)
    return standing is not None and standing.hold_id == hold.hold_id


def _refusal(failure: NotWritten, hold: Hold, now: datetime, before: Hold | None = None) -> Problem | Overtaken:
    """Which of the seats somebody else has, as far as the table told; otherwise it was only busy, or late."""
    if not isinstance(failure, Refused) or not all(map(rows.is_row, failure.items)):
        return Busy()
    ours = before or hold
    our_value, wanted, over = held(ours.hold_id, ours.held_until), parse_all(hold.seat_ids), ended_before(now)
    there = {seat: value for seat, value in _there(failure).items() if seat in wanted and value != our_value}
    if lost := [str(seat) for seat in wanted if seat in there and there[seat] >= over]:
        return SeatsUnavailable(seatIds=lost)
    marks = [mark_of(value) for value in there.values() if is_on_the_map(value)]
    return Overtaken(max(marks)) if failure.certain and max(marks, default="") >= hold.hold_id else Busy()


def _there(failure: Refused) -> dict[Seat, bytes]:
    """What stood in the rows that refused a write."""
    return {seat: value for item in filter(rows.is_row, failure.items) for seat, value in rows.values_of(item).items()}
