"""What became of each record of a file: said one by one, counted at the end; nothing is dropped without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Word = Literal["imported", "already there", "would be imported", "skipped", "refused"]


class LeftOut(Exception):
    """This record cannot be brought over; says why, as the end of a sentence."""


@dataclass(frozen=True)
class Draft:
    """Something to create. `key` names it at its source, so that it is created once; `mended` is what was not as the
    source has it; `place` is where it stands there."""

    place: str
    key: str
    body: dict[str, Any]
    mended: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """A record that stays out, and why."""

    place: str
    why: str


class Report:
    """Says each outcome as it comes and counts them. `quiet`: what needed no mending is only counted."""

    def __init__(self, say: Callable[[str], None] = print, *, quiet: bool = False) -> None:
        self._say, self._quiet = say, quiet
        self.counts: Counter[str] = Counter()

    def add(self, word: Word, place: str, mended: tuple[str, ...] = (), why: str = "") -> None:
        """A record's outcome. One that was mended is counted as that, too."""
        self.counts[word] += 1
        self.counts["mended"] += bool(mended)
        if why or mended or not self._quiet:
            self._say(f"{place}: {word}" + (f", {why}" if why else "") + "".join(f"\n    {said}" for said in mended))

    @property
    def records(self) -> int:
        """How many were read."""
        return self.counts.total() - self.counts["mended"]

    def summary(self) -> dict[str, int]:
        """For the last line."""
        words = ("imported", "already there", "would be imported", "mended", "skipped", "refused")
        return {"records": self.records} | {word: self.counts[word] for word in words}
