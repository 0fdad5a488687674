"""What everybody was told about seats during a sale, seat by seat, for `linearizable`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from inventory import pace
from inventory.holds import Hold
from inventory.seats import FOREVER, NO_LEASE, Seat
from kit import ids
from tests.simulation.linearizable import Act, Undecided, explains

LATE_SECONDS = 100.0
"""What nobody answered has happened by then, or never will: longer than any copy of a request is held back."""
ASKED_SECONDS = 6.0
"""A request is tried this long, by the clock that it read when it began."""


class History:
    """Moments are seconds after `zero` by the one watch that all share; leases end by clocks that are `skew` off."""

    def __init__(self, zero: datetime, skew: timedelta = timedelta()) -> None:
        self.acts: dict[str, list[Act]] = defaultdict(list)
        self.undecided = 0
        self._zero, self._skew = zero, skew.total_seconds()
        self._leases: dict[str, float] = {}
        self._deadlines: dict[str, list[float]] = defaultdict(list)
        self._leaves: list[tuple[Hold, Act]] = []

    def held(self, hold: Hold, begin: float, end: float) -> None:
        """It was answered: the hold has its seats, and its person's earlier one has none any more."""
        self._hold(hold, begin, end, sure=True)
        lease = self._seconds(hold.held_until)
        self._leases[hold.hold_id] = min(lease, self._leases.get(hold.hold_id, lease))

    def perhaps_held(self, hold: Hold, begin: float) -> None:
        """Nobody knows."""
        self._hold(hold, begin, begin + LATE_SECONDS, sure=False)

    def refused(self, hold: Hold, seat_ids: Iterable[str], begin: float, end: float) -> None:
        """Its person was told that others have these."""
        for seat_id in seat_ids:
            self.acts[seat_id].append(Act("refused", begin, end, hold.person_id, hold.hold_id))

    def accepting(self, hold: Hold, deadline: datetime) -> None:
        """Somebody buys the hold: it may be extended until then."""
        self._deadlines[hold.hold_id].append(self._seconds(deadline))

    def did(
        self, kind: str, person: str, hold: str, order: str, seat_ids: Iterable[str], begin: float, end: float
    ) -> None:
        """An act on the seats of a hold that was answered at `end`, or never: infinity."""
        sure = end < math.inf
        act = Act(kind, begin, end if sure else begin + LATE_SECONDS, person, hold, order, sure)
        for seat_id in seat_ids:
            self.acts[seat_id].append(act)

    def at_rest(self, slots: Mapping[Seat, bytes], now: float) -> None:
        """How the seats were found in the end."""
        for seat, value in slots.items():
            if value[:6] == NO_LEASE:
                seen = Act("seen free", now, now)
            elif value[:6] == FOREVER:
                seen = Act("seen sold", now, now, order=ids.from_bytes("ord", value[6:]))
            else:
                seen = Act("seen held", now, now, hold=ids.from_bytes("hld", value[6:]))
            self.acts[str(seat)].append(seen)

    def impossible(self, except_for: Collection[str] = ()) -> list[str]:
        """Seats whose history no single seat could have."""
        return [seat for seat in sorted(self.acts) if seat not in except_for and not self._explained(seat)]

    def _explained(self, seat: str) -> bool:
        try:
            return explains(self._history(seat))
        except Undecided:
            self.undecided += 1
            return True

    def _history(self, seat_id: str) -> Iterator[Act]:
        acts = self.acts[seat_id]
        yield from acts
        people = {act.person for act in acts if act.kind == "take"}
        yield from (act for hold, act in self._leaves if hold.person_id in people and seat_id not in hold.seat_ids)
        for hold_id, begin in {act.hold: act.begin for act in reversed(acts) if act.kind == "take"}.items():
            yield from self._lapses(hold_id, begin)

    def _lapses(self, hold_id: str, begin: float) -> Iterator[Act]:
        lease = self._leases.get(hold_id)
        latest = begin + LATE_SECONDS + pace.HELD_AT_MOST.total_seconds() if lease is None else lease
        yield from self._ends("lapse", hold_id, begin if lease is None else lease, latest)
        if deadlines := self._deadlines[hold_id]:
            yield from self._ends("lapse of the order", hold_id, min(deadlines), max(deadlines))

    def _ends(self, kind: str, hold_id: str, first: float, last: float) -> Iterator[Act]:
        """It may end from the first moment on, and has ended soon after the last."""
        over = last + self._skew + ASKED_SECONDS
        yield Act(kind, first - self._skew, over, hold=hold_id, sure=False)
        yield Act(kind, last - self._skew, over, hold=hold_id)

    def _hold(self, hold: Hold, begin: float, end: float, *, sure: bool) -> None:
        for seat_id in hold.seat_ids:
            self.acts[seat_id].append(Act("take", begin, end, hold.person_id, hold.hold_id, sure=sure))
        self._leaves.append((hold, Act("leave", begin, end, hold.person_id, hold.hold_id, sure=sure)))

    def _seconds(self, moment: datetime) -> float:
        return (moment - self._zero).total_seconds()
