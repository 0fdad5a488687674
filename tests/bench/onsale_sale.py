"""The sale itself, second by second, with the product's own grant rule: who comes, who buys, what fails."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from waitingroom import ranks, waits
from waitingroom.granting import Sight, arrivals_due, decide
from waitingroom.room import CLAIM_MS, IDLE_MS, SESSION_MS, Grant, Room


@dataclass(frozen=True)
class Crowd:
    """How people behave. Minutes are of a lognormal stay; the rest are parts of one."""

    show_rate: float = 0.5
    claims: float = 0.97
    stay_minutes: float = 6.5
    stay_spread: float = 0.6
    goes_idle: float = 0.1
    buys: float = 0.6
    seats_a_purchase: int = 2


@dataclass(frozen=True)
class Weather:
    """What fails: single ticks, and the whole clock for a while."""

    lost_ticks: float = 0.01
    outages: Sequence[tuple[int, int]] = ((300, 20),)
    """(second, how long)"""

    def ticks(self, second: int, dice: random.Random) -> bool:
        out = any(begins <= second < begins + length for begins, length in self.outages)
        return not out and dice.random() >= self.lost_ticks


@dataclass
class Curve:
    """A value a second, for the picture and the sums."""

    live: list[int] = field(default_factory=list)
    admitted: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    eta: list[float] = field(default_factory=list)
    """Calls per second, as the room believes."""
    line: list[int] = field(default_factory=list)
    """People who are in it and were not called."""
    polls: list[float] = field(default_factory=list)


@dataclass
class Outcome:
    """What came of it."""

    curve: Curve
    room: Room
    seconds_to_admit: list[int]
    late_admitted: int
    sold: int
    no_shows: int
    sold_out_at: int | None
    utilisation: float


@dataclass(frozen=True)
class Line:
    """Everybody in the order of rank: those of the draw that are kept, then whoever came after it, as they came."""

    event_id: str
    drawn: Sequence[tuple[str, int]]
    late: Sequence[int]

    def __len__(self) -> int:
        return len(self.drawn) + len(self.late)

    def at(self, index: int) -> tuple[str, int]:
        """Rank and number."""
        if index < len(self.drawn):
            return self.drawn[index]
        return ranks.late_rank(self.event_id, f"late-{index}", int(self.late[index - len(self.drawn)])), index

    def late_by(self, now_ms: int) -> int:
        """How many have come after the draw by now."""
        return bisect_right(self.late, now_ms)


def run(
    room: Room,
    drawn: Sequence[tuple[str, int]],
    seats: int,
    crowd: Crowd,
    weather: Weather,
    seconds: int,
    late: Sequence[int] = (),
    seed: int = 1,
) -> Outcome:
    """From the announcement of the draw until sold out, or so many seconds.

    `drawn`: (rank, number), sorted, as far as the sale could reach; `late`: when others come after it, in milliseconds,
    sorted.
    """
    dice = random.Random(seed)
    line = Line(room.event_id, drawn, late)
    start = room.tick_at
    coming: list[tuple[int, str, int]] = []
    ready: list[tuple[str, int]] = []
    live: list[int] = []
    """When each of those who are in will be out: a heap."""
    sales: list[tuple[int, int]] = []
    left, upto, no_shows, late_admitted = seats, 0, 0, 0
    curve, admitted_after = Curve(), []
    busy = wanted = 0
    for second in range(1, seconds + 1):
        now_ms = start + second * 1000
        while coming and coming[0][0] <= now_ms:
            _, rank, number = heapq.heappop(coming)
            heapq.heappush(ready, (rank, number))
        while live and live[0] <= now_ms:
            heapq.heappop(live)
        while sales and sales[0][0] <= now_ms:
            left = max(0, left - heapq.heappop(sales)[1])
        granted: Sequence[Grant] = ()
        if weather.ticks(second, dice):
            heads = heapq.nsmallest(room.rate, ready)
            sight = Sight(
                live=len(live),
                ready=[Grant(rank, str(number)) for rank, number in heads],
                waiting=min(len(ready), room.rate * 32),
                late=line.late_by(now_ms) if arrivals_due(room, now_ms) else None,
                seats_left=left,
            )
            before = room
            room = msgspec.structs.replace(decide(before, sight, now_ms), version=before.version + 1)
            assert room.called >= before.called and len(live) + len(room.grants) <= room.capacity
            granted = room.grants
            for _ in granted:
                heapq.heappop(ready)
                _let_in(live, sales, now_ms, crowd, dice)
            while upto < len(line) and line.at(upto)[0] <= room.called:
                rank, number = line.at(upto)
                upto += 1
                if dice.random() < crowd.show_rate:
                    delay = dice.uniform(0, 6_000) + dice.expovariate(1 / 2_000)
                    heapq.heappush(coming, (now_ms + int(delay), rank, number))
                else:
                    no_shows += 1
        kept = len(drawn) == room.registered or room.called <= drawn[-1][0]
        assert kept, "the sale reached further than the people kept"
        late_admitted += sum(ranks.is_late(grant.rank) for grant in granted)
        admitted_after += [second] * len(granted)
        if second > 120 and left and upto < len(line):
            busy, wanted = busy + len(live), wanted + room.capacity
        curve.live.append(len(live))
        curve.admitted.append(len(granted))
        curve.waiting.append(len(ready))
        curve.eta.append(room.pace.calling)
        curve.line.append(waits.length(room))
        curve.polls.append(_polls(room) if second % 10 == 1 else curve.polls[-1])
        if left == 0 and not live:
            break
    sold_out = next((second for second, people in enumerate(curve.admitted) if left == 0 and people == 0), None)
    last = max((second for second, people in enumerate(curve.admitted, 1) if people), default=0)
    return Outcome(
        curve=curve,
        room=room,
        seconds_to_admit=admitted_after,
        late_admitted=late_admitted,
        sold=seats - left,
        no_shows=no_shows,
        sold_out_at=last if sold_out is not None else None,
        utilisation=busy / wanted if wanted else 0.0,
    )


def _let_in(live: list[int], sales: list[tuple[int, int]], now_ms: int, crowd: Crowd, dice: random.Random) -> None:
    """Somebody is let in: comes or not, stays a while, buys or wanders off; the room's own limits end it."""
    if dice.random() >= crowd.claims:
        heapq.heappush(live, now_ms + CLAIM_MS)
        return
    stay = min(SESSION_MS, int(dice.lognormvariate(0, crowd.stay_spread) * crowd.stay_minutes * 60_000))
    if dice.random() < crowd.goes_idle:
        heapq.heappush(live, now_ms + min(SESSION_MS, stay // 2 + IDLE_MS))
        return
    heapq.heappush(live, now_ms + stay)
    if dice.random() < crowd.buys:
        heapq.heappush(sales, (now_ms + stay, crowd.seats_a_purchase))


def _polls(room: Room, bins: int = 500) -> float:
    """Requests a second for the public document, by everybody who waits, each at their own distance."""
    waiting = waits.length(room)
    total = 0.0
    for part in range(bins):
        ahead = int(waiting * (part + 0.5) / bins)
        total += waiting / bins / waits.poll_seconds(room, waits.wait_seconds(room, ahead))
    return total
