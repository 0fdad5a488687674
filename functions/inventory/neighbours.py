"""Seats next to each other, in a row's 48 bits: the first seat's is the highest, as in a snapshot.

`joined` are the seats that have a neighbour next to them on the right: no aisle, no end of the row.
"""

from __future__ import annotations

from collections.abc import Iterator

from inventory.seats import SLOTS


def bit(slot: int) -> int:
    return 1 << (SLOTS - 1 - slot)


def slots(bits: int) -> Iterator[int]:
    """From the first seat to the last."""
    while bits:
        highest = bits.bit_length() - 1
        yield SLOTS - 1 - highest
        bits ^= 1 << highest


def starts(bits: int, joined: int, quantity: int) -> int:
    """Seats from which a run of so many neighbours begins."""
    for _ in range(quantity - 1):
        bits &= (bits << 1) & joined
    return bits


def alone(bits: int, joined: int) -> int:
    """Those that have none of the others beside them."""
    return bits & ~((bits << 1) & joined) & ~((bits & joined) >> 1)


def tidy_starts(found: int, ordinary: int, joined: int, quantity: int) -> int:
    """Those of the `found` starts whose run leaves no single one of the `ordinary` seats beside it."""
    first_of_run = ordinary & ~((ordinary & joined) >> 1)
    last_of_run = ordinary & ~((ordinary << 1) & joined)
    strands_left = ((first_of_run & joined) >> 1) & ordinary
    strands_right = (((last_of_run << 1) & joined) & ordinary) << (quantity - 1)
    return found & ~strands_left & ~strands_right


def tight_starts(found: int, ordinary: int, joined: int, quantity: int) -> int:
    """Those of the `found` starts whose run takes all but one of the neighbours that are left there."""
    first_of_run = ordinary & ~((ordinary & joined) >> 1)
    last_of_run = ordinary & ~((ordinary << 1) & joined)
    whole = starts(ordinary, joined, quantity + 1) & first_of_run & (last_of_run << quantity)
    return found & (whole | whole >> 1)


def blocks(bits: int, joined: int) -> Iterator[int]:
    """The groups of neighbours, each as its own bits."""
    while bits:
        block = lowest = bits & -bits
        while lowest := (lowest << 1) & bits & joined:
            block |= lowest
        yield block
        bits ^= block
