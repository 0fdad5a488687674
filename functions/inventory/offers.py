"""Offering the best seats: each offer knows what the one before ran into."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from catalog import Event
from inventory import best, lately, rows, sections
from inventory.best import Wish
from inventory.neighbours import bit
from inventory.problems import SeatsUnavailable, SoldOut
from inventory.seats import Seat, ended_before, parse_all
from inventory.writes import Refused

OFFERS_MAX = 20
"""Somebody who lost so many is told to come back: the seats are there, the crowd is too large."""
CROWD_LASTS = timedelta(seconds=2)
_crowds: dict[str, tuple[datetime, int]] = {}
"""By event: until when buyers are thought to be in each other's way, and how often the last one lost."""


class Offers:
    """Seats for one buyer, `named` ones aside. Raises SoldOut, UnknownSection, when it begins."""

    def __init__(self, event: Event, wish: Wish, named: Sequence[Seat], now: datetime) -> None:
        if wish.sections is not None:
            sections.load(event.chart_hash, wish.sections)
        self._event, self._wish, self._now = event, wish, now
        self._free = lately.free(event.event_id, now)
        self._unwanted: list[Seat] = []
        if not any(self._free.values()):
            raise SoldOut
        self.leave_out(named)
        until, lost = _crowds.get(event.event_id, (now, 0))
        self._lost = lost if now < until else 0

    def next(self) -> list[str]:
        """The best seats that nobody has turned out to have. Raises SeatsUnavailable."""
        seating = sections.load_seating(self._event.chart_hash)
        chosen = best.choose(seating, self._free, self._wish, secrets.randbits(32), self._crowding)
        if not chosen:
            raise SeatsUnavailable("So many seats of this kind are not left.")
        return [str(seat) for seat in chosen]

    @property
    def _crowding(self) -> int:
        """To lose once is chance: then it is the next best. More often, and it is a crowd."""
        return min(max(self._lost - 1, 0), best.CROWDED)

    def lose(self, taken: SeatsUnavailable) -> None:
        """Somebody else was quicker: the next offer knows the rows as they stand, and comes from further apart."""
        for seat, value in _standing(taken).items():
            self._free[seat.section, seat.row] = self._free.get((seat.section, seat.row), 0) | bit(seat.slot)
            if value >= ended_before(self._now):
                self._take_away([seat])
        self._take_away([*parse_all(taken.data["seatIds"]), *self._unwanted])
        self._lost += 1
        _crowds[self._event.event_id] = (self._now + CROWD_LASTS, self._lost)

    def leave_out(self, seats: Sequence[Seat]) -> None:
        """Offer these no more, however free they turn out to be."""
        self._unwanted += seats
        self._take_away(seats)

    def _take_away(self, seats: Sequence[Seat]) -> None:
        for seat in seats:
            self._free[seat.section, seat.row] = self._free.get((seat.section, seat.row), 0) & ~bit(seat.slot)


def _standing(taken: SeatsUnavailable) -> dict[Seat, bytes]:
    """What stood in the rows that refused: the table told it with its refusal."""
    refusal = taken.__cause__
    items = refusal.items if isinstance(refusal, Refused) else []
    return {seat: value for item in filter(rows.is_row, items) for seat, value in rows.values_of(item).items()}
