"""What must be true of a run at rest, and its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from inventory.seats import LEASE_BYTES, Seat, parse_all
from kit import ids
from tests.bench.crowd import Outcome, Run

REFUSABLE = ("seats-unavailable",)
"""Who wanted seats that others had was rightly refused; every other refusal was false."""


def torn_holds(outcomes: Sequence[Outcome], there: Mapping[Seat, bytes]) -> int:
    """Holds that lack one of their seats, and holds in the rows that nobody was told of."""
    told = {ids.to_bytes(outcome.hold_id): parse_all(outcome.seat_ids) for outcome in outcomes if outcome.hold_id}
    torn = sum(any(there[seat][LEASE_BYTES:] != hold for seat in seats) for hold, seats in told.items())
    standing = {value[LEASE_BYTES:] for value in there.values() if value[:LEASE_BYTES] > bytes(LEASE_BYTES)}
    return torn + len(standing - told.keys())


def double_sold(outcomes: Sequence[Outcome]) -> int:
    """Seats that two buyers were promised."""
    promised = Counter(seat for outcome in outcomes if outcome.hold_id for seat in outcome.seat_ids)
    return sum(count > 1 for count in promised.values())


def false_rejections(outcomes: Sequence[Outcome]) -> int:
    """Refused, though nobody else has any of the seats that were asked for."""
    holder = {seat: outcome.wish.person for outcome in outcomes if outcome.hold_id for seat in outcome.seat_ids}
    return sum(
        outcome.problem not in REFUSABLE or not any(seat in holder for seat in outcome.wish.seat_ids)
        for outcome in outcomes
        if outcome.problem
    )


def report(run: Run, there: Mapping[Seat, bytes], server_cpu_seconds: float | None = None) -> dict[str, Any]:
    """Holds a second, latencies of all answers, costs per hold, and what must be zero."""
    outcomes, seconds = run
    held = [outcome for outcome in outcomes if outcome.hold_id]
    times = sorted(outcome.seconds * 1000 for outcome in outcomes)
    numbers = {
        "holds": len(held),
        "refused": len(outcomes) - len(held),
        "holds_per_s": round(len(held) / seconds, 1),
        "answers_per_s": round(len(outcomes) / seconds, 1),
        "p50_ms": round(times[len(times) // 2], 1),
        "p99_ms": round(times[min(int(len(times) * 0.99), len(times) - 1)], 1),
        "false_rejections": false_rejections(outcomes),
        "torn_holds": torn_holds(outcomes, there),
        "double_sold": double_sold(outcomes),
        "problems": dict(Counter(outcome.problem for outcome in outcomes if outcome.problem)),
    }
    if server_cpu_seconds is not None:
        return numbers | {"server_cpu_ms_per_hold": round(server_cpu_seconds * 1000 / max(len(held), 1), 2)}
    return numbers | {
        "server_cpu_ms_per_hold": round(sum(outcome.cpu_seconds for outcome in outcomes) * 1000 / max(len(held), 1), 2),
        "write_units_per_hold": round(sum(outcome.write_units for outcome in outcomes) / max(len(held), 1), 2),
        "read_units_per_hold": round(sum(outcome.read_units for outcome in outcomes) / max(len(held), 1), 2),
    }
