"""A puzzle for whoever is challenged: some seconds of a browser's work, and no picture that not everybody can see.

It is a price, not a proof of being human: a hundred accounts on one device cost a hundred times the seconds. Where
more is wanted, the firewall's own challenge goes before POST /queue/*/ready, where few arrive.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import msgspec

from kit.sealed import InvalidSeal, seal, unseal
from waitingroom.problems import PuzzleRequired

BITS = 18
"""A quarter of a million hashes: at 6.5 µs each in Chromium on a laptop two seconds, on a phone some more."""
LASTS_SECONDS = 600
PUZZLE = "puzzle"


class Puzzle(msgspec.Struct, frozen=True):
    """For one person and event."""

    event: str
    sub: str
    exp: int


def require_solved(answer: str | None, event_id: str, person_id: str, now: datetime) -> None:
    """`answer`: the puzzle, a dot and a number, so that their SHA-256 begins with BITS zeros. Raises PuzzleRequired."""
    if answer is None or not _solves(answer, event_id, person_id, now):
        puzzle = Puzzle(event_id, person_id, int(now.timestamp()) + LASTS_SECONDS)
        raise PuzzleRequired(puzzle=seal(PUZZLE, puzzle), bits=BITS)


def _solves(answer: str, event_id: str, person_id: str, now: datetime) -> bool:
    try:
        puzzle = unseal(PUZZLE, answer.rpartition(".")[0], Puzzle, now)
    except InvalidSeal:
        return False
    digest = int.from_bytes(sha256(answer.encode()).digest(), "big")
    return (puzzle.event, puzzle.sub) == (event_id, person_id) and digest >> (256 - BITS) == 0
