"""The orphan rule: who names seats should not leave one single seat that nobody will want.

As seats.io's `noOrphanSeats` does: a seat left with nobody beside it is forgiven where there is no other way to
sit, in the same group of neighbours (lenient) or for as many in any row at that price (strict). Raised by the map,
which may be a second old: a rule for the house's good, not for the seats' safety. Nobody is refused by it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from catalog import Event
from inventory import claims, lately, rows, sections
from inventory.claims import Claim
from inventory.neighbours import alone, bit, blocks, slots, starts, tidy_starts
from inventory.problems import OrphanSeat, SeatsUnavailable
from inventory.seating import SeatingRow
from inventory.seats import LEASE_BYTES, Seat, ended_before, parse_all
from inventory.writes import Unanswered
from kit import ids
from kit.errors import Busy

Rows = Mapping[tuple[str, int], int]
"""Per (section, row) the bits of seats."""


def check(event: Event, person_id: str, seats: Sequence[Seat], now: datetime) -> None:
    """Raises OrphanSeat, unless the event does not mind. The person's own hold is no obstacle: it would be replaced.

    Whoever chose a seat that somebody has by now is told that first: SeatsUnavailable. Raises Busy.
    """
    if event.orphan_rule == "off":
        return
    chosen = _by_row(seats)
    seating = sections.seating_of(event.chart_hash, {seat.section for seat in seats})
    shown = _merged(lately.free(event.event_id, now, section) for section in {seat.section for seat in seats})
    if not any(left_alone(seating[key], shown.get(key, 0), bits) for key, bits in chosen.items()):
        return
    claim = claims.load(person_id, event.event_id)
    if claim and claim.hold_id and _by_row(parse_all(claim.seats.split(" "))) == chosen:
        return
    there = _free_now(event.event_id, claim, seats, now)
    free = _by_row(there)
    orphans = [
        seat for key, bits in chosen.items() for seat in _orphans(event, seating[key], free.get(key, 0), bits, now)
    ]
    if orphans and (taken := [str(seat) for seat in seats if seat not in there]):
        raise SeatsUnavailable(seatIds=taken)
    if orphans:
        raise OrphanSeat(seatIds=[str(seat) for seat in orphans])


def _free_now(event_id: str, claim: Claim | None, seats: Sequence[Seat], now: datetime) -> set[Seat]:
    """In the rows of these seats, by the rows themselves: the map may not know yet who is next to them. Raises Busy."""
    try:
        there = rows.standing(event_id, seats)
    except Unanswered as nobody_knows:
        raise Busy from nobody_knows
    own, over = ids.to_bytes(claim.hold_id) if claim and claim.hold_id else b"", ended_before(now)
    return {seat for seat, value in there.items() if value < over or value[LEASE_BYTES:] == own}


def left_alone(row: SeatingRow, free: int, chosen: int) -> int:
    """The seats that the choice leaves with nobody beside them, and that it found otherwise.

    Wheelchair places and their companions' are not meant in pairs: one that stays alone is no orphan.
    """
    if row.general_admission:
        return 0
    before = (free | chosen) & ~row.kept
    return alone(before & ~chosen, row.joined) & ~alone(before, row.joined)


def fits(row: SeatingRow, free: int, categories: Iterable[str], quantity: int) -> bool:
    """Whether so many can sit together in this row, on seats of these categories, and leave no single seat."""
    ordinary = free & ~row.kept
    wanted = ordinary & sum(row.categories.get(category, 0) for category in categories)
    return bool(tidy_starts(starts(wanted, row.joined, quantity), ordinary, row.joined, quantity))


def _orphans(event: Event, row: SeatingRow, free: int, chosen: int, now: datetime) -> Iterator[Seat]:
    orphans = left_alone(row, free, chosen)
    for block in blocks((free | chosen) & ~row.kept, row.joined):
        taken = (block & chosen).bit_count()
        no_other_way = block.bit_count() - taken == 1
        if no_other_way and event.orphan_rule == "strict":
            no_other_way = not _fits_elsewhere(event, row, chosen, taken, now)
        if not no_other_way:
            yield from (Seat(*row.key, slot) for slot in slots(block & orphans))


def _fits_elsewhere(event: Event, here: SeatingRow, chosen: int, quantity: int, now: datetime) -> bool:
    """In any row, on seats of the same categories."""
    categories = {category for category, seats in here.categories.items() if seats & chosen}
    free = lately.free(event.event_id, now)
    return any(
        not row.general_admission and fits(row, free.get(row.key, 0), categories, quantity)
        for row in sections.load_seating(event.chart_hash)
    )


def _merged(parts: Iterable[Rows]) -> dict[tuple[str, int], int]:
    return {key: bits for part in parts for key, bits in part.items()}


def _by_row(seats: Iterable[Seat]) -> dict[tuple[str, int], int]:
    rows: dict[tuple[str, int], int] = {}
    for seat in seats:
        rows[seat.section, seat.row] = rows.get((seat.section, seat.row), 0) | bit(seat.slot)
    return rows
