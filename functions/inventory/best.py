"""Which seats to offer somebody who only says how many: neighbours first, then near each other.

The best seat is the nearest to what everybody looks at. Decided from a snapshot that may be a second old;
the rows have the last word, and whoever loses there is offered the next best.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from inventory.seating import SeatingRow, bit
from inventory.seats import Seat

SEEDS = 20
"""So many of the best seats are tried as the middle of a group that cannot sit in one row."""

Free = Mapping[tuple[str, int], int]
"""Per (section, row) the bits of the seats that are free."""


@dataclass(frozen=True)
class Wish:
    """`categories`: those within the price. Without `accessible`, seats made for wheelchairs and their
    companions are left to those who need them; with it, at least one of the seats is such a place."""

    quantity: int
    categories: frozenset[str]
    sections: frozenset[str] | None = None
    accessible: bool = False


def choose(rows: Sequence[SeatingRow], free: Free, wish: Wish, spread: int) -> list[Seat]:
    """The best seats, or none where there are too few. `rows` come best first.

    In general admission places are alike: `spread`, any number, keeps buyers out of each other's way.
    """
    offered = [(row, bits) for row in rows if (bits := _offered(row, free, wish))]
    return _neighbours(offered, wish, spread) or _near(offered, wish)


def _offered(row: SeatingRow, free: Free, wish: Wish) -> int:
    if wish.sections is not None and row.section not in wish.sections:
        return 0
    bits = free.get((row.section, row.index), 0)
    if not bits:
        return 0
    priced = 0
    for category, seats in row.categories.items():
        if category in wish.categories:
            priced |= seats
    reserved = 0 if wish.accessible else row.accessible | row.companion
    return bits & priced & ~reserved


def _neighbours(offered: Sequence[tuple[SeatingRow, int]], wish: Wish, spread: int) -> list[Seat]:
    """The window of free neighbours that is nearest on average; rows that cannot beat it are skipped."""
    best: list[Seat] = []
    best_distance = float("inf")
    for row, bits in offered:
        if row.nearest >= best_distance:
            break
        if row.general_admission:
            area = [(other, left) for other, left in offered if other.section == row.section]
            seats = _in_area(area, wish, spread)
            if seats:
                best, best_distance = seats, row.nearest
            continue
        starts = _starts(bits, row.joined, wish.quantity)
        for first in _slots(starts):
            window = range(first, first + wish.quantity)
            if wish.accessible and not any(row.accessible & bit(slot) for slot in window):
                continue
            distance = sum(row.distances[slot] for slot in window) / wish.quantity
            if distance < best_distance:
                best, best_distance = [Seat(row.section, row.index, slot) for slot in window], distance
    return best


def _in_area(area: Sequence[tuple[SeatingRow, int]], wish: Wish, spread: int) -> list[Seat]:
    """Places of one virtual row, so that a hold is one write; of several where no row has enough."""
    if wish.accessible:
        return []
    roomy = [(row, bits) for row, bits in area if bits.bit_count() >= wish.quantity]
    rows = [roomy[spread % len(roomy)]] if roomy else area
    places = [Seat(row.section, row.index, slot) for row, bits in rows for slot in _slots(bits)]
    if len(places) < wish.quantity:
        return []
    start = spread // max(len(roomy), 1) % len(places)
    return (places[start:] + places[:start])[: wish.quantity]


def _near(offered: Sequence[tuple[SeatingRow, int]], wish: Wish) -> list[Seat]:
    """The seats that are closest to each other: in one section where possible."""
    seats = [
        (
            row.distances[slot],
            row.points[slot],
            Seat(row.section, row.index, slot),
            bool(row.accessible & bit(slot)),
        )
        for row, bits in offered
        for slot in _slots(bits)
    ]
    if len(seats) < wish.quantity:
        return []
    sections: dict[str, int] = {}
    for _, _, seat, _ in seats:
        sections[seat.section] = sections.get(seat.section, 0) + 1
    roomy = {section for section, count in sections.items() if count >= wish.quantity}
    pool = [entry for entry in seats if entry[2].section in roomy] or seats
    seeds = nsmallest(SEEDS, (entry for entry in pool if entry[3] or not wish.accessible))
    groups = [_around(seed, pool, wish.quantity, bool(roomy)) for seed in seeds]
    return min(groups, key=lambda group: group[0], default=(0.0, []))[1]


def _around(
    seed: tuple[float, tuple[float, float], Seat, bool],
    pool: Sequence[tuple[float, tuple[float, float], Seat, bool]],
    quantity: int,
    same_section: bool,
) -> tuple[float, list[Seat]]:
    """The seats nearest to one, itself included, and how far they are spread."""
    _, (x, y), middle, _ = seed
    apart = (
        ((point[0] - x) ** 2 + (point[1] - y) ** 2, seat)
        for _, point, seat, _ in pool
        if not same_section or seat.section == middle.section
    )
    chosen = nsmallest(quantity, apart)
    return sum(distance for distance, _ in chosen), sorted(seat for _, seat in chosen)


def _starts(bits: int, joined: int, quantity: int) -> int:
    """Bits from which a run of so many free neighbours begins."""
    for _ in range(quantity - 1):
        bits &= (bits << 1) & joined
    return bits


def _slots(bits: int) -> Iterator[int]:
    while bits:
        highest = bits.bit_length() - 1
        yield 47 - highest
        bits ^= 1 << highest
