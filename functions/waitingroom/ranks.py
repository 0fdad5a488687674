"""Who comes before whom: a rank is computed from what everybody knows, and counts nobody.

Thirty-three characters that sort as text. Whoever is in the draw has `0` and a hash of the seed; whoever came
after it has `1`, the millisecond of coming, and a hash that settles ties. So the draw goes before the late, and the
late go by arrival.
"""

from __future__ import annotations

from hashlib import sha256

DIGITS = 32
TIME_DIGITS = 12
NOBODY = ""
"""Sorts before every rank."""
END_OF_DRAW = "0" + "f" * DIGITS
EVERYBODY = "2"
_SPAN = 1 << (4 * DIGITS)


def draw_rank(seed: bytes, event_id: str, person_id: str) -> str:
    """The rank of somebody registered before the draw: uniform, whoever they are and whenever they came."""
    return "0" + sha256(seed + event_id.encode() + person_id.encode()).hexdigest()[:DIGITS]


def late_rank(event_id: str, person_id: str, came_ms: int) -> str:
    """The rank of somebody who came after the draw: by arrival, ties by a hash nobody chooses."""
    tie = sha256(f"late {event_id} {person_id}".encode()).hexdigest()
    return f"1{came_ms:0{TIME_DIGITS}x}{tie[: DIGITS - TIME_DIGITS]}"


def is_late(rank: str) -> bool:
    return rank > END_OF_DRAW


def came_ms(rank: str) -> int:
    """When somebody with this late rank came."""
    return int(rank[1 : 1 + TIME_DIGITS], 16)


def called_until(ms: int) -> str:
    """Everybody who came by this millisecond, and the whole draw."""
    return f"1{ms:0{TIME_DIGITS}x}" + "f" * (DIGITS - TIME_DIGITS)


def fraction(rank: str) -> float:
    """How much of the draw lies at or below this rank, from 0 to 1."""
    if rank == NOBODY:
        return 0.0
    return 1.0 if is_late(rank) else int(rank[1:], 16) / _SPAN


def at_fraction(part: float) -> str:
    """The rank that this part of the draw lies at or below."""
    if part >= 1:
        return END_OF_DRAW
    return f"0{int(part * _SPAN):0{DIGITS}x}"
