"""When the edge is told to forget its answers: after new events, and never more than once a minute.

An invalidation costs half a cent after the first thousand of a month, so the budget is a clock: whoever comes too
early comes again when the minute is over, and by then somebody else's has often done.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

PAUSE = timedelta(seconds=60)
SETTLED = timedelta(seconds=20)


class Purge(msgspec.Struct, frozen=True, rename="camel"):
    """The edge should forget what is older than this."""

    published_at: datetime


def wait_seconds(purge: Purge, last: datetime | None, now: datetime) -> int | None:
    """0: purge now; more: come again after so long; None: it was done after this was published."""
    if last is None:
        return 0
    if last >= purge.published_at + SETTLED:
        return None
    left = (last + PAUSE - now).total_seconds()
    return max(0, round(left + 0.5))
