"""The person's claim: one item per person and event, with the live hold and the seats already owned.

The claim is raised before any row changes and lowered after, so that twenty requests at once cannot pass the
limit. Seats owned are a set of `order/seat`, not a number: selling or returning the same seat twice counts
once. TTL removes an old claim, never one of a person who ever owned seats (`kept`).

Ids of holds grow with time: `last`, the mark of the end of the hold before, keeps an earlier one's claim that
arrives late from being taken for a new one. Of a hold that was given back, or whose lease has ended, the claim
keeps what `pace` and `keys` ask for.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from inventory import keys, pace
from inventory.holds import Hold
from inventory.keys import Used
from inventory.pace import Ended
from inventory.problems import HoldExpired
from inventory.writes import Refused, send
from kit.clock import from_ms, to_ms
from kit.table import Table, TableMeta, Transaction
from pricing import Fare

SKEW = timedelta(seconds=2)
"""Two functions' clocks may differ by less than this: near its end, neither side may count on a lease."""
KEPT_AFTER = timedelta(days=1)
FOREVER_SECONDS = 253_402_300_799
_FARES = msgspec.json.Decoder(Fare)
_ENDED = msgspec.json.Decoder(list[Ended])
_USED = msgspec.json.Decoder(list[Used])
"""Made at import: where several threads are the first to read a type, msgspec crashes the interpreter."""


class Claim(Model):
    """`held_until` is the lease told to the buyer and written in the rows; `until` is that, or the deadline
    of the order that pinned the hold, or when the hold was given back. `since`: when the first of a chain of
    holds began. `earlier`: holds before this one whose seats must rest; `used`: their keys. `turn`: when the person's
    allowance of holds is whole again. `repeated`: the hold was asked for more than once."""

    class Meta(TableMeta):
        table_name = Table("inventory")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    hold_id = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)
    held_until = NumberAttribute(null=True)
    since = NumberAttribute(null=True)
    seats = UnicodeAttribute(null=True)
    earlier = BinaryAttribute(null=True, legacy_encoding=False)
    fare = BinaryAttribute(null=True, legacy_encoding=False)
    key = UnicodeAttribute(null=True)
    asked = UnicodeAttribute(null=True)
    used = BinaryAttribute(null=True, legacy_encoding=False)
    order_id = UnicodeAttribute(null=True)
    declined = NumberAttribute(null=True)
    repeated = BooleanAttribute(null=True)
    last = UnicodeAttribute(null=True)
    turn = NumberAttribute(null=True)
    owned = UnicodeSetAttribute(null=True)
    kept = NumberAttribute(null=True)
    expires = NumberAttribute(null=True)


LIVE = (Claim.hold_id, Claim.held_until, Claim.fare, Claim.order_id, Claim.declined, Claim.repeated)
"""What only a hold has that somebody has; then what is kept of it for `pace`, and to recognise its request."""
HELD = (Claim.seats, Claim.since, Claim.until)
REQUEST = (Claim.key, Claim.asked)


class Past(NamedTuple):
    """What a claim keeps of its person's holds before: when the next is allowed, whose seats must rest, used keys."""

    turn: datetime
    ended: Sequence[Ended] = ()
    used: Sequence[Used] = ()


def claim(hold: Hold, limit: int, now: datetime) -> Claim | None:
    """Claim the hold's seats for its person. None: done. Otherwise the claim that stands in the way,

    or only has to be looked at first: of somebody who held seats a short while ago, or with a key.
    """
    over = Claim.until.does_not_exist() | (Claim.until < to_ms(now - pace.RESTED))
    calm = Claim.turn.does_not_exist() | (Claim.turn <= to_ms(now))
    later = Claim.last.does_not_exist() | (Claim.last < hold.hold_id)
    nothing_kept = Claim.earlier.does_not_exist() & Claim.used.does_not_exist() & Claim.key.does_not_exist()
    free = over & Claim.order_id.does_not_exist() & calm & later & nothing_kept
    return _claim(hold, limit, Past(pace.next_turn(None, now)), free)


def claim_after(standing: Claim, hold: Hold, limit: int, past: Past) -> Claim | None:
    """Claim them after a hold that is over, if nothing has changed since its claim was read; else as `claim`."""
    same = (
        _is(Claim.hold_id, standing.hold_id)
        & _is(Claim.turn, standing.turn)
        & _is(Claim.last, standing.last)
        & Claim.order_id.does_not_exist()
    )
    return _claim(hold, limit, past, same)


def _claim(hold: Hold, limit: int, past: Past, free: Condition) -> Claim | None:
    raised = [*_raise(hold, past), Claim.declined.remove()]
    try:
        send("update_item", _update(hold.person_id, hold.event_id, raised, free & _within(limit, hold)))
    except Refused as refusal:
        return Claim.from_raw_data(dict(refusal.items[0]))
    return None


def replacement(hold: Hold, before: Hold, limit: int, past: Past) -> dict[str, Any]:
    """The claim's part of a second hold in place of the first."""
    still_ours = (Claim.hold_id == before.hold_id) & Claim.order_id.does_not_exist()
    return _update(hold.person_id, hold.event_id, _raise(hold, past), still_ours & _within(limit, hold))


def repeat(hold: Hold) -> bool:
    """The same request came again, and both may be at the rows now: from here on neither lowers the claim, since

    the other may have the seats. False: the claim has moved on.
    """
    return _unless_refused(_update(hold.person_id, hold.event_id, [Claim.repeated.set(True)], _ours(hold)))


def lower(hold: Hold, end: str) -> None:
    """Forget a hold that never had its seats, and its turn with it. `end` marks its end."""
    turn = Claim.turn.set(Claim.turn - int(pace.EVERY.total_seconds() * 1000))
    actions = [turn, *_clear(end, *HELD, *REQUEST)]
    _unless_refused(_update(hold.person_id, hold.event_id, actions, _ours(hold) & Claim.repeated.does_not_exist()))


def give_back(hold: Hold, end: str, now: datetime) -> None:
    """Lower the claim of a hold whose seats have been given back now."""
    actions = [Claim.until.set(to_ms(min(hold.until, now))), *_clear(end)]
    _unless_refused(_update(hold.person_id, hold.event_id, actions, _ours(hold)))


def _ours(hold: Hold) -> Condition:
    """The claim is this hold's, and no order has it."""
    ours: Condition = (Claim.hold_id == hold.hold_id) & Claim.order_id.does_not_exist()
    return ours


def pin(transaction: Transaction, hold: Hold, order_id: str, lease_ends_at: datetime, now: datetime) -> None:
    """The hold belongs to this order from now on. The transaction raises HoldExpired where it is too late:

    that is, two seconds before the lease ends, lest a clock that runs ahead give the seats to the next buyer.
    """
    transaction.update(
        Claim(*_key(hold.person_id, hold.event_id)),
        [Claim.order_id.set(order_id), Claim.until.set(to_ms(lease_ends_at))],
        condition=(
            (Claim.hold_id == hold.hold_id) & (Claim.until > to_ms(now + SKEW)) & Claim.order_id.does_not_exist()
        ),
        refused=HoldExpired(),
    )


def unpin(hold: Hold) -> None:
    """The hold's order failed by its card: the hold is its person's again, for what is left of the order's lease."""
    actions = [
        Claim.order_id.remove(),
        Claim.held_until.set(to_ms(hold.until)),
        Claim.declined.set(hold.declined + 1),
    ]
    _unless_refused(_update(hold.person_id, hold.event_id, actions, Claim.order_id == hold.order_id))


def settle_sold(person_id: str, event_id: str, order_id: str, seat_ids: Sequence[str], end: str) -> None:
    """The order's seats are the person's own: count them, and end the hold."""
    actions = [
        Claim.owned.add(_owned(order_id, seat_ids)),
        Claim.kept.set(FOREVER_SECONDS),
        Claim.expires.set(FOREVER_SECONDS),
        *_clear(end, *HELD),
    ]
    _unless_refused(_update(person_id, event_id, actions, Claim.order_id == order_id))


def settle_failed(person_id: str, event_id: str, order_id: str, seat_ids: Sequence[str], end: str) -> None:
    """The order came to nothing: end its hold, and count its seats no longer if they were counted."""
    owned = _owned(order_id, seat_ids)
    disown = Claim.owned.delete(owned)
    ours = Claim.order_id == order_id
    if not _unless_refused(_update(person_id, event_id, [*_clear(end, *HELD), disown], ours)):
        _unless_refused(_update(person_id, event_id, [disown], Claim.owned.contains(min(owned))))


def disown(person_id: str, event_id: str, order_id: str, seat_ids: Sequence[str]) -> None:
    """The person has given these seats back: count them no longer."""
    given_back = Claim.owned.delete(_owned(order_id, seat_ids))
    _unless_refused(_update(person_id, event_id, [given_back], Claim.owned.exists()))


def load(person_id: str, event_id: str) -> Claim | None:
    """The claim as it stands now."""
    try:
        return Claim.get(*_key(person_id, event_id), consistent_read=True)
    except Claim.DoesNotExist:
        return None


def find(person_id: str, hold_id: str) -> Hold | None:
    """The person's hold with this id, for whatever event."""
    found = Claim.query(_partition(person_id), filter_condition=Claim.hold_id == hold_id, consistent_read=True)
    return next((hold_of(claim) for claim in found), None)


def hold_of(claim: Claim) -> Hold:
    """The live hold in a claim that has one."""
    return Hold(
        hold_id=claim.hold_id,
        person_id=claim.pk.partition("#")[2],
        event_id=claim.sk,
        seat_ids=claim.seats.split(" "),
        held_until=from_ms(int(claim.held_until)),
        until=from_ms(int(claim.until)),
        since=from_ms(int(claim.since)),
        fare=_FARES.decode(zlib.decompress(claim.fare)),
        key=claim.key or "",
        asked=claim.asked,
        order_id=claim.order_id,
        declined=int(claim.declined or 0),
    )


def past(claim: Claim, now: datetime) -> Past:
    """Of a claim whose hold is over, or would be if another took its place now. Raises HoldThrottled."""
    ended: list[Ended] = _ENDED.decode(zlib.decompress(claim.earlier)) if claim.earlier else []
    if claim.until is not None:
        until = min(from_ms(int(claim.until)), now)
        ended.append(Ended(claim.seats.split(" "), from_ms(int(claim.since)), until))
    turn = from_ms(int(claim.turn)) if claim.turn is not None else None
    return Past(pace.next_turn(turn, now), pace.resting(ended, now), used_keys(claim, now))


def used_keys(claim: Claim, now: datetime) -> list[Used]:
    """The keys of a claim's holds, if another takes the last one's place now."""
    used: list[Used] = _USED.decode(zlib.decompress(claim.used)) if claim.used else []
    if claim.key:
        used.append(Used(claim.key, claim.asked, now))
    return keys.kept(used, now)


def _raise(hold: Hold, past: Past) -> list[Action]:
    return [
        Claim.hold_id.set(hold.hold_id),
        Claim.until.set(to_ms(hold.until)),
        Claim.held_until.set(to_ms(hold.held_until)),
        Claim.since.set(to_ms(hold.since)),
        Claim.seats.set(" ".join(hold.seat_ids)),
        Claim.fare.set(zlib.compress(msgspec.json.encode(hold.fare))),
        _set_or_remove(Claim.key, hold.key),
        Claim.asked.set(hold.asked),
        _set_or_remove(Claim.earlier, zlib.compress(msgspec.json.encode(past.ended)) if past.ended else None),
        _set_or_remove(Claim.used, zlib.compress(msgspec.json.encode(past.used)) if past.used else None),
        Claim.turn.set(to_ms(past.turn)),
        Claim.repeated.remove(),
        Claim.expires.set(Claim.kept | int((hold.until + KEPT_AFTER).timestamp())),
    ]


def _clear(end: str, *more: Any) -> list[Action]:
    return [Claim.last.set(end), *(attribute.remove() for attribute in (*LIVE, *more))]


def _set_or_remove(attribute: Any, value: Any) -> Action:
    action: Action = attribute.set(value) if value else attribute.remove()
    return action


def _is(attribute: Any, value: Any) -> Condition:
    condition: Condition = attribute.does_not_exist() if value is None else attribute == value
    return condition


def _within(limit: int, hold: Hold) -> Condition:
    seats_owned = size(Claim.owned)  # type: ignore[no-untyped-call]
    within: Condition = Claim.owned.does_not_exist() | (seats_owned <= limit - len(hold.seat_ids))
    return within


def _owned(order_id: str, seat_ids: Sequence[str]) -> set[str]:
    return {f"{order_id}/{seat_id}" for seat_id in seat_ids}


def _update(person_id: str, event_id: str, actions: Sequence[Action], condition: Condition) -> dict[str, Any]:
    """In PynamoDB's words, to be sent by the function's own client, which tells what refused it."""
    return Claim(*_key(person_id, event_id)).get_update_kwargs_from_instance(
        actions=list(actions), condition=condition, return_values_on_condition_failure="ALL_OLD"
    )


def _unless_refused(write: dict[str, Any]) -> bool:
    """A refusal means that it was done before, or that the claim has moved on."""
    try:
        send("update_item", write)
    except Refused:
        return False
    return True


def _partition(person_id: str) -> str:
    return f"P#{person_id}"


def _key(person_id: str, event_id: str) -> tuple[str, str]:
    return _partition(person_id), event_id
