"""Time that passes only when nothing is left to do before it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """`now` is a datetime in whole milliseconds, `seconds` the time since the beginning."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self.seconds = 0.0
        self._planned: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()

    @property
    def now(self) -> datetime:
        return (self._begins + timedelta(milliseconds=int(self.seconds * 1000))).astimezone(UTC)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        heapq.heappush(self._planned, (self.seconds + seconds, next(self._numbers), act))

    def step(self, until: float = float("inf")) -> bool:
        """Do what comes next, if it comes by then."""
        if not self._planned or self._planned[0][0] > until:
            return False
        at, _, act = heapq.heappop(self._planned)
        self.seconds = max(self.seconds, at)
        act()
        return True

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        until = self.seconds + seconds
        while self.step(until):
            pass
        self.seconds = max(self.seconds, until)
