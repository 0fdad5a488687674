"""Which seats to offer somebody who only says how many: neighbours first, then near each other.

The order of seats.io's best available: neighbours that leave no single seat beside them, neighbours that do,
seats near each other in one section, in several, and standing places last. Within each, the nearest to what
everybody looks at. Decided from a snapshot that may be a second old; the rows have the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from catalog import OrphanRule
from inventory.neighbours import bit, blocks, slots, starts, tidy_starts, tight_starts
from inventory.seating import SeatingRow
from inventory.seats import Seat

SEEDS = 8
"""So many of the best seats are tried as the middle of a group that cannot sit in one row …"""
SEEDS_ACROSS = 4
"""… and so many where it cannot even sit in one section."""
ROWS_WIDER = 8
"""After each offer that was lost, the next one comes from so many times more rows …"""
CROWDED = 4
"""… up to 4,096."""

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
    rule: OrphanRule = "strict"


class Offered(NamedTuple):
    """A row, its seats that are free, and those of them that the wish can have."""

    row: SeatingRow
    free: int
    bits: int


class Unit(NamedTuple):
    """Neighbours that stay together, and where they are."""

    distance: float
    point: tuple[float, float]
    seats: Sequence[Seat]


def choose(rows: Sequence[SeatingRow], free: Free, wish: Wish, spread: int, crowding: int = 0) -> list[Seat]:
    """The best seats, or none where there are too few. `rows` come best first.

    `crowding`: how often somebody else was quicker. The more, the further `spread`, any number, keeps buyers
    out of each other's way; in general admission, where places are alike, it always does.
    """
    offered = list(_offered(rows, free, wish))
    seated = [some for some in offered if not some.row.general_admission]
    standing = [some for some in offered if some.row.general_admission]
    return (
        _neighbours(seated, wish, spread, crowding)
        or _near(seated, wish)
        or _standing(standing, wish, spread)
        or _near(offered, wish)
    )


def _offered(rows: Iterable[SeatingRow], free: Free, wish: Wish) -> Iterable[Offered]:
    for row in rows:
        here = free.get(row.key)
        if not here or (wish.sections is not None and row.section not in wish.sections):
            continue
        bits = 0
        for category, seats in row.categories.items():
            if category in wish.categories:
                bits |= here & seats
        if not wish.accessible:
            bits &= ~row.kept
        if bits:
            yield Offered(row, here, bits)


def _neighbours(offered: Sequence[Offered], wish: Wish, spread: int, crowding: int) -> list[Seat]:
    found = [(some.row, some.free, starts(some.bits, some.row.joined, wish.quantity)) for some in offered]
    if wish.accessible:
        found = [(row, free, _reaching(row.accessible, wish.quantity) & first) for row, free, first in found]
    found = [runs for runs in found if runs[2]]
    tidy = [(row, _tidy(row, free, first, wish)) for row, free, first in found]
    return _best_run(tidy, wish, spread, crowding) or _best_run(
        [(row, first) for row, _, first in found], wish, spread, crowding
    )


def _tidy(row: SeatingRow, free: int, first: int, wish: Wish) -> int:
    """The runs that the event's orphan rule likes."""
    if wish.rule == "off":
        return first
    ordinary = free & ~row.kept
    tidy = tidy_starts(first, ordinary, row.joined, wish.quantity)
    if wish.rule == "lenient":
        tidy |= tight_starts(first, ordinary, row.joined, wish.quantity)
    return tidy


def _best_run(runs: Sequence[tuple[SeatingRow, int]], wish: Wish, spread: int, crowding: int) -> list[Seat]:
    """The best run; among a crowd any run of any of the best rows, by `spread`."""
    if crowding:
        rows = list(islice(((row, first) for row, first in runs if first), ROWS_WIDER**crowding))
        if not rows:
            return []
        row, first = rows[spread % len(rows)]
        slot = next(islice(slots(first), spread // len(rows) % first.bit_count(), None))
    else:
        best: tuple[tuple[int, float, int], SeatingRow] | None = None
        for row, first in runs:
            if best and (0, row.nearest * wish.quantity) >= best[0][:2]:
                break
            if first and (best is None or _cheapest(row, first, wish) < best[0]):
                best = _cheapest(row, first, wish), row
        if best is None:
            return []
        (_, _, slot), row = best
    return [Seat(row.section, row.index, slot + step) for step in range(wish.quantity)]


def _cheapest(row: SeatingRow, first: int, wish: Wish) -> tuple[int, float, int]:
    return min(_cost(row, slot, wish) for slot in slots(first))


def _cost(row: SeatingRow, slot: int, wish: Wish) -> tuple[int, float, int]:
    """A wheelchair's place goes with companions' seats; a second one, or any other seat, is a waste."""
    waste = 0
    if wish.accessible:
        window = sum(bit(slot + step) for step in range(wish.quantity))
        waste = (window & row.accessible).bit_count() - 1 + (window & ~row.kept).bit_count()
    return waste, row.sums[slot + wish.quantity] - row.sums[slot], slot


def _reaching(seats: int, quantity: int) -> int:
    """Starts of the runs that contain one of the seats."""
    reaching = 0
    for step in range(quantity):
        reaching |= seats << step
    return reaching


def _standing(offered: Sequence[Offered], wish: Wish, spread: int) -> list[Seat]:
    """Places of the nearest area: in one virtual row, so that a hold is one write; else in several."""
    if wish.accessible:
        return []
    areas: dict[str, list[Offered]] = {}
    for some in offered:
        areas.setdefault(some.row.section, []).append(some)
    for area in areas.values():
        roomy = [some for some in area if some.bits.bit_count() >= wish.quantity]
        taken = [roomy[spread % len(roomy)]] if roomy else area
        places = [Seat(*some.row.key, slot) for some in taken for slot in slots(some.bits)]
        if len(places) >= wish.quantity:
            start = spread // max(len(roomy), 1) % len(places)
            return (places[start:] + places[:start])[: wish.quantity]
    return []


def _near(offered: Sequence[Offered], wish: Wish) -> list[Seat]:
    """Seats close to each other, in one section where possible, nobody alone where possible."""
    left: dict[str, int] = {}
    for some in offered:
        left[some.row.section] = left.get(some.row.section, 0) + some.bits.bit_count()
    wanted = [(some, some.bits & some.row.accessible if wish.accessible else some.bits) for some in offered]
    roomy = {some.row.section for some, bits in wanted if bits and left[some.row.section] >= wish.quantity}
    if not roomy and sum(left.values()) < wish.quantity:
        return []
    pool = [some for some in offered if some.row.section in roomy] if roomy else offered
    middles = ((some, bits) for some, bits in wanted if bits and (not roomy or some.row.section in roomy))
    seeds = islice(middles, SEEDS if roomy else SEEDS_ACROSS)
    around: dict[str, list[Unit]] = {}
    groups = []
    for some, bits in seeds:
        section = some.row.section if roomy else ""
        if section not in around:
            around[section] = [
                unit for near in pool if near.row.section == section or not roomy for unit in _units(near, wish)
            ]
        seed = min(_units(Offered(some.row, some.free, bits), wish))
        groups += [_around(seed, around[section], wish), _around(seed, _pairs(around[section]), wish)]
    complete = [group for group in groups if len(group[-1]) == wish.quantity]
    return min(complete, default=(0, 0.0, []))[-1]


def _units(some: Offered, wish: Wish) -> list[Unit]:
    """Groups of neighbours; who needs a wheelchair's place is offered seats one by one."""
    together = 0 if wish.accessible else some.row.joined
    return [_unit(some.row, list(slots(block))) for block in blocks(some.bits, together)]


def _unit(row: SeatingRow, places: Sequence[int]) -> Unit:
    middle = places[len(places) // 2]
    return Unit(row.distances[middle], row.points[middle], [Seat(*row.key, slot) for slot in places])


def _pairs(units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in units if len(unit.seats) > 1]


def _around(seed: Unit, pool: Sequence[Unit], wish: Wish) -> tuple[int, float, list[Seat]]:
    """The units nearest to one, itself included: how many sit or are left alone, how far apart, and the seats."""
    x, y = seed.point
    apart = ((0.0 if unit.seats == seed.seats else _apart(unit, x, y), unit.seats) for unit in pool)
    missing, lonely, distance = wish.quantity, 0, 0.0
    chosen: list[Seat] = []
    for away, seats in nsmallest(wish.quantity, apart):
        take = min(len(seats), missing)
        if missing - take == 1 and take > 2:
            take -= 1
        missing -= take
        lonely += (take == 1) + (take == len(seats) - 1)
        distance += away * take
        chosen += seats[:take]
        if not missing:
            break
    return lonely, distance, sorted(chosen)


def _apart(unit: Unit, x: float, y: float) -> float:
    return (unit.point[0] - x) ** 2 + (unit.point[1] - y) ** 2
