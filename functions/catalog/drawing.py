"""What all readers of foreign drawings need: one scale, and a section's category."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import hypot

from catalog.charts import Point, Row

PITCH = 5.0
"""How far apart neighbours sit in our charts; a drawing's own scale is brought to it."""


def scale(rows: Iterable[Sequence[Point]], otherwise: float) -> float:
    """What brings the usual distance of neighbours in these rows to PITCH; `otherwise` where no row tells."""
    steps = [hypot(b[0] - a[0], b[1] - a[1]) for row in rows for a, b in pairwise(row)]
    return PITCH / ((statistics.median(steps) if steps else 0) or otherwise)


def commonest_category(rows: Iterable[Row]) -> str:
    """The one most of the seats are in; empty where none says."""
    counts = Counter(seat.category for row in rows for seat in row.seats if seat.category)
    return counts.most_common(1)[0][0] if counts else ""
