"""What is told at the end of a journey: a table of steps, and one line of JSON."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence

from local.journey.buyer import Bought
from local.journey.site import Timings


def table(timings: Timings) -> str:
    """Each step with how often it was made and how long it took, in milliseconds."""
    lines = [f"{'step':<14}{'calls':>7}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"]
    lines += [
        f"{step:<14}{len(seconds):>7}{_ms(seconds, 50):>9}{_ms(seconds, 95):>9}{_ms(seconds, 100):>9}"
        for step, seconds in timings.seconds.items()
    ]
    return "\n".join(lines)


def double_sold(purchases: Sequence[Bought]) -> int:
    """Seats that more than one buyer got, and tickets that more than one has."""
    seats = Counter((bought.event_id, seat_id) for bought in purchases for seat_id in bought.seat_ids)
    tickets = Counter(ticket_id for bought in purchases for ticket_id in bought.ticket_ids)
    return sum(times > 1 for counted in (seats, tickets) for times in counted.values())


def summary(buyers: int, purchases: Sequence[Bought], timings: Timings) -> str:
    """The last line. Rates count from the first order sent to the last one seen completed."""
    hold, purchase = timings.seconds["hold"], timings.seconds["purchase"]
    span = max((b.seen for b in purchases), default=0) - min((b.sent for b in purchases), default=0)
    return json.dumps(
        {
            "buyers": buyers,
            "completed": len(purchases),
            "hold_p50_ms": _ms(hold, 50),
            "hold_p99_ms": _ms(hold, 99),
            "purchase_p50_ms": _ms(purchase, 50),
            "purchase_p95_ms": _ms(purchase, 95),
            "double_sold": double_sold(purchases),
            "orders_per_s": round(len(purchases) / span, 2) if span else None,
        }
    )


def _ms(seconds: Sequence[float], percent: float) -> float | None:
    """Nearest rank: the value that so many percent do not exceed."""
    if not seconds:
        return None
    rank = max(1, math.ceil(len(seconds) * percent / 100))
    return round(sorted(seconds)[rank - 1] * 1000, 1)
