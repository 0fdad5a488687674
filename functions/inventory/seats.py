"""A seat's address, and the 16 bytes its slot holds: 6 of lease end, then 10 of the hold or order.

Zeros: free. `FF x 6 ‖ order`: sold. `0 x 6 ‖ mark`: given back, free to every hold asked for after that. Ids
of holds grow with time and a mark is an id of the moment the hold before ended, so that a write which arrives
late, long after its hold is over, finds a mark that is later than its hold.
`FF x 5 FE ‖ block`: a house seat.
Bytes compare as numbers do: free seats by their mark, then leases by their end, house seats, what is sold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from inventory.problems import UnknownSeat
from kit import clock, ids

SLOTS = 48
LEASE_BYTES = 6
FREE = bytes(LEASE_BYTES + ids.BYTES)
NO_LEASE = bytes(LEASE_BYTES)
FOREVER = b"\xff" * LEASE_BYTES
HOUSE = FOREVER[:-1] + b"\xfe"
"""Kept out of the sale by the organizer: a lease that does not end by itself."""
FIRST_LEASE = bytes(LEASE_BYTES - 1) + b"\x01" + bytes(ids.BYTES)
"""Above every tombstone, below every lease."""
_ADDRESS = re.compile(r"([a-z0-9]{1,16})-(0|[1-9]\d{0,3})-(0|[1-9]\d?)")


class Seat(NamedTuple):
    """`row` is the row item's index in its section, `slot` the seat's place in that item."""

    section: str
    row: int
    slot: int

    def __str__(self) -> str:
        return f"{self.section}-{self.row}-{self.slot}"


def parse(seat_id: str) -> Seat:
    """Raises UnknownSeat for what cannot be an address."""
    match = _ADDRESS.fullmatch(seat_id)
    if match is None or int(match[3]) >= SLOTS:
        raise UnknownSeat(seatIds=[seat_id])
    return Seat(match[1], int(match[2]), int(match[3]))


def parse_all(seat_ids: Iterable[str]) -> list[Seat]:
    """In the order given."""
    return [parse(seat_id) for seat_id in seat_ids]


def held(hold_id: str, until: datetime) -> bytes:
    """What a slot holds while this hold's lease lasts until then."""
    return _milliseconds(until) + ids.to_bytes(hold_id)


def free_after(mark: str) -> bytes:
    """Free to the holds whose id is above the mark."""
    return NO_LEASE + ids.to_bytes(mark)


def free_since(hold_id: str, until: datetime) -> bytes:
    """Free to the holds asked for once this one's lease was over."""
    return NO_LEASE + _milliseconds(until) + ids.to_bytes(hold_id)[LEASE_BYTES:]


def sold(order_id: str) -> bytes:
    """A lease that never ends."""
    return FOREVER + ids.to_bytes(order_id)


def blocked(block_id: str) -> bytes:
    """A house seat."""
    return HOUSE + ids.to_bytes(block_id)


def ended_before(now: datetime) -> bytes:
    """A slot below this holds a lease that has ended, or none."""
    return _milliseconds(now) + bytes(ids.BYTES)


def mark_of(value: bytes) -> str:
    """The mark that a free seat has."""
    return ids.from_bytes("hld", value[LEASE_BYTES:])


def is_on_the_map(value: bytes) -> bool:
    """Shown as free. The clock has no say here, so that a rebuilt map is the same map."""
    return value[:LEASE_BYTES] == NO_LEASE


def is_lease(value: bytes) -> bool:
    """Will end: neither free nor sold, and no house seat."""
    return NO_LEASE < value[:LEASE_BYTES] < HOUSE


def is_blocked(value: bytes) -> bool:
    return value[:LEASE_BYTES] == HOUSE


def is_sold(value: bytes) -> bool:
    return value[:LEASE_BYTES] == FOREVER


def order_of(value: bytes) -> str | None:
    """The order that a seat is sold to."""
    return ids.from_bytes("ord", value[LEASE_BYTES:]) if value[:LEASE_BYTES] == FOREVER else None


def lease_of(value: bytes) -> tuple[datetime, str]:
    """When this lease ends, and the hold that has it."""
    ends = int.from_bytes(value[:LEASE_BYTES], "big")
    return clock.from_ms(ends), ids.from_bytes("hld", value[LEASE_BYTES:])


def _milliseconds(moment: datetime) -> bytes:
    return clock.to_ms(moment).to_bytes(LEASE_BYTES, "big")
