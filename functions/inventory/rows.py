"""Row items: up to 48 seats in one write unit, each seat a slot `s0` … `s47` (see `seats`).

Every write that moves a seat is here, its condition beside it. Each condition accepts the value it would
write, so that a repeated write is recognised; `ver` counts the writes, for the map.
Seats in one row change in one plain update. Seats in several rows change in a transaction of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from inventory.seats import FIRST_LEASE, FREE, Seat, blocked, ended_before, free_after, held, sold
from inventory.writes import Item, Refused, client, send
from kit import settings

SK = "row"
TRANSACTION_MAX = 100
BATCH_MAX = 100

# What must be true of each seat. Below the hold that asks, the seat was given back before the hold was asked
# for; from the first lease up to now, a lease is over.
UNCLAIMED = "{seat} < :asker OR ({seat} >= :lease AND {seat} < :now)"
TAKE = f"{{seat}} = :held OR {UNCLAIMED}"
GIVE_BACK = "{seat} = :held OR {seat} < :free"
EXTEND = "{seat} = :held OR {seat} = :extended"
SELL = "{seat} = :extended OR {seat} = :sold"
CONFIRM_SOLD = "{seat} = :sold"
UNDO = "{seat} = :held OR {seat} = :extended OR {seat} = :sold OR {seat} < :free"
GIVE_UP = "{seat} = :sold OR {seat} < :free"
REPLACE_TAKEN = f"{{seat}} = :held OR {{seat}} = :before OR {UNCLAIMED}"
REPLACE_LEFT = f"{{seat}} = :before OR {UNCLAIMED}"
BLOCK = "{seat} = :blocked OR {seat} < :now"
UNBLOCK = "{seat} = :blocked OR {seat} = :free"


class Move(NamedTuple):
    """These seats get the value called `to`, if `given` is true of each of them."""

    seats: Sequence[Seat]
    to: str
    given: str


def take(event_id: str, seats: Sequence[Seat], hold_id: str, until: datetime, now: datetime) -> None:
    """Hold free seats, all or none. Raises Refused, Unanswered."""
    values = {":held": held(hold_id, until), **_asking(hold_id, now)}
    change(event_id, [Move(seats, ":held", TAKE)], values)


def replacement(
    event_id: str,
    taken: Sequence[Seat],
    left: Sequence[Seat],
    hold: tuple[str, datetime],
    before: tuple[str, datetime],
    now: datetime,
) -> list[dict[str, Any]]:
    """A second hold in place of the first: its seats taken (the first's own among them), the others left."""
    values = {
        ":held": held(*hold),
        ":before": held(*before),
        **_asking(hold[0], now),
    }
    moves = [Move(taken, ":held", REPLACE_TAKEN), Move(left, ":asker", REPLACE_LEFT)]
    return updates(event_id, moves, values)


def release(event_id: str, seats: Sequence[Seat], hold_id: str, until: datetime, free: bytes) -> None:
    """A hold ends, by its person's will or by the clock: its seats become `free`, even those it never came to.

    Seats that others have by now stay theirs.
    """
    values = {":held": held(hold_id, until), ":free": free}
    _give_back(event_id, seats, GIVE_BACK, values)


def extend(event_id: str, seats: Sequence[Seat], hold_id: str, until: datetime, lease_ends_at: datetime) -> None:
    """An accepted order's deadline takes the place of the hold's lease."""
    values = {":held": held(hold_id, until), ":extended": held(hold_id, lease_ends_at)}
    change(event_id, [Move(seats, ":extended", EXTEND)], values)


def sell(
    event_id: str,
    seats: Sequence[Seat],
    hold_id: str,
    order_id: str,
    lease_ends_at: datetime,
    now: datetime,
) -> None:
    """Before the deadline the order's seats become sold; after it this only confirms that they were."""
    values = {":extended": held(hold_id, lease_ends_at), ":sold": sold(order_id)}
    given = SELL if now < lease_ends_at else CONFIRM_SOLD
    change(event_id, [Move(seats, ":sold", given)], values)


def undo(
    event_id: str,
    seats: Sequence[Seat],
    hold_id: str,
    order_id: str,
    leases: tuple[datetime, datetime],
    free: bytes,
) -> None:
    """A failed order's seats are free again, whatever it had come to; those that others have stay theirs."""
    values = {
        ":held": held(hold_id, leases[0]),
        ":extended": held(hold_id, leases[1]),
        ":sold": sold(order_id),
        ":free": free,
    }
    _give_back(event_id, seats, UNDO, values)


def blocking(event_id: str, seats: Sequence[Seat], block_id: str, now: datetime) -> list[dict[str, Any]]:
    """Free seats become house seats. No asker is compared: the block's own record, in the same transaction, keeps
    late writes away."""
    values = {":blocked": blocked(block_id), ":now": ended_before(now)}
    return updates(event_id, [Move(seats, ":blocked", BLOCK)], values)


def unblocking(event_id: str, seats: Sequence[Seat], block_id: str, free: bytes) -> list[dict[str, Any]]:
    """House seats become `free`."""
    values = {":blocked": blocked(block_id), ":free": free}
    return updates(event_id, [Move(seats, ":free", UNBLOCK)], values)


def give_up(event_id: str, seats: Sequence[Seat], order_id: str, free: bytes) -> None:
    """Seats sold to this order are free again; those that others have stay theirs."""
    _give_back(event_id, seats, GIVE_UP, {":sold": sold(order_id), ":free": free})


def _give_back(event_id: str, seats: Sequence[Seat], given: str, values: Mapping[str, bytes]) -> None:
    """Mark those of the seats as free that are still ours, or were never anybody's later."""
    ours = [value for name, value in values.items() if name in (":held", ":extended", ":sold")]
    while seats:
        try:
            change(event_id, [Move(seats, ":free", given)], values)
            return
        except Refused as refusal:
            there = {seat: value for item in refusal.items for seat, value in values_of(item).items()}
            still_ours = [
                seat for seat in seats if seat not in there or there[seat] in ours or there[seat] < values[":free"]
            ]
            if still_ours == seats:
                raise
            seats = still_ours


def _asking(hold_id: str, now: datetime) -> dict[str, bytes]:
    return {":asker": free_after(hold_id), ":lease": FIRST_LEASE, ":now": ended_before(now)}


def change(event_id: str, moves: Sequence[Move], values: Mapping[str, bytes]) -> None:
    """All of the moves or none. Raises Refused, Unanswered."""
    write(updates(event_id, moves, values))


def write(writes: Sequence[dict[str, Any]]) -> None:
    """One plain update, or several in a transaction. Raises Refused, Unanswered."""
    if len(writes) == 1:
        send("update_item", writes[0])
    else:
        send("transact_write_items", {"TransactItems": [{"Update": write} for write in writes]})


def updates(event_id: str, moves: Sequence[Move], values: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """One conditional update for each row that the moves touch."""
    rows: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    for move in moves:
        for seat in move.seats:
            slot = f"s{seat.slot}"
            given = f"({move.given.format(seat=slot)})"
            rows.setdefault((seat.section, seat.row), []).append((slot, move.to, given))
    return [_update(event_id, section, row, slots, values) for (section, row), slots in rows.items()]


def _update(
    event_id: str, section: str, row: int, slots: Sequence[tuple[str, str, str]], values: Mapping[str, bytes]
) -> dict[str, Any]:
    condition = " AND ".join(given for _, _, given in slots)
    assignments = ", ".join(f"{slot} = {to}" for slot, to, _ in slots)
    used = {name: {"B": value} for name, value in values.items() if name in f"{assignments} {condition} "}
    return {
        "TableName": settings.env("TABLE_INVENTORY"),
        "Key": _key(event_id, section, row),
        "UpdateExpression": f"SET {assignments} ADD ver :one",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {**used, ":one": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def read(event_id: str, places: Sequence[tuple[str, int]]) -> tuple[list[list[bytes]], list[tuple[str, int]]]:
    """The slots of these rows, as (section, row), strongly consistent; and those that were not answered."""
    table = settings.env("TABLE_INVENTORY")
    keys = [_key(event_id, section, row) for section, row in places]
    answer = client().batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
    missing = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    again = [place for place, key in zip(places, keys, strict=True) if key in missing]
    items = answer["Responses"].get(table, [])
    return [[value["B"] for value in item.values() if "B" in value] for item in items], again


def is_unclaimed(value: bytes, asker: str, now: datetime) -> bool:
    """UNCLAIMED, of a value that was read."""
    return value < free_after(asker) or FIRST_LEASE <= value < ended_before(now)


def is_row(item: Item) -> bool:
    return bool(item["sk"]["S"] == SK)


def values_of(item: Item) -> dict[Seat, bytes]:
    """The seats of a row item as DynamoDB sends it."""
    _, _, section, row = item["pk"]["S"].split("#")
    slots = ((name, value["B"]) for name, value in item.items() if "B" in value)
    return {Seat(section, int(row), int(name[1:])): value for name, value in slots}


def load(event_id: str, section: str, count: int) -> Iterator[Item]:
    """The first so many rows of a section, as they are now, in any order. Raises Unanswered."""
    yield from _load([(event_id, section, row) for row in range(count)])


def standing(event_id: str, seats: Iterable[Seat]) -> dict[Seat, bytes]:
    """What stands in the rows of these seats now, those beside them included. Raises Unanswered."""
    places = sorted({(event_id, seat.section, seat.row) for seat in seats})
    return {seat: value for item in _load(places) for seat, value in values_of(item).items()}


def _load(places: Sequence[tuple[str, str, int]]) -> Iterator[Item]:
    table = settings.env("TABLE_INVENTORY")
    for start in range(0, len(places), BATCH_MAX):
        keys = [_key(*place) for place in places[start : start + BATCH_MAX]]
        while keys:
            asked = {"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}}
            answer = send("batch_get_item", asked)
            yield from answer["Responses"][table]
            keys = answer["UnprocessedKeys"].get(table, {}).get("Keys", [])


def create(event_id: str, sizes: Iterable[tuple[str, int, int]]) -> None:
    """Write rows of free seats, as (section, row, seats); a row that is there already stays as it is."""
    missing = [_new_row(event_id, *size) for size in sizes]
    for start in range(0, len(missing), TRANSACTION_MAX):
        _create_together(missing[start : start + TRANSACTION_MAX])


def _create_together(puts: list[dict[str, Any]]) -> None:
    """A refused transaction says which rows exist; the others are tried again without them."""
    while puts:
        try:
            send("transact_write_items", {"TransactItems": [{"Put": put} for put in puts]})
            return
        except Refused as refusal:
            there = {item["pk"]["S"] for item in refusal.items}
            puts = [put for put in puts if put["Item"]["pk"]["S"] not in there]


def _new_row(event_id: str, section: str, row: int, seat_count: int) -> dict[str, Any]:
    seats = {f"s{slot}": {"B": FREE} for slot in range(seat_count)}
    return {
        "TableName": settings.env("TABLE_INVENTORY"),
        "Item": {**_key(event_id, section, row), "ver": {"N": "0"}, **seats},
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _key(event_id: str, section: str, row: int) -> dict[str, Any]:
    return {"pk": {"S": f"R#{event_id}#{section}#{row}"}, "sk": {"S": SK}}
