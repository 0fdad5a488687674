"""Half-seconds in which something changed on an event's map: at most one message each, whoever sends it.

The queue is first-in-first-out and grouped by event, so that one event's listeners are told by one function at a
time, and it drops a second message of the same half-second by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from kit import clock, settings

LENGTH_MS = 500
SKEW = timedelta(milliseconds=100)
"""By how much the clocks of two functions may differ."""
MESSAGES_MAX = 10


class Tick(msgspec.Struct, frozen=True, rename="camel"):
    """The event's map changed in the half-second that ends then."""

    event_id: str
    ends: datetime

    @property
    def is_over(self) -> datetime:
        """Whoever reads the map from then on sees all of the tick's changes."""
        return self.ends + SKEW


class NotTicked(RuntimeError):
    """The queue did not take every tick; the caller's own retry sends them again."""


def announce(event_ids: Iterable[str]) -> None:
    """Say that these maps have changed. Raises NotTicked.

    The clock is read here, against the house's habit: what counts is when the change was there to be read, and
    that is now, not when its record arrived.
    """
    number = clock.to_ms(clock.now()) // LENGTH_MS
    ends = clock.from_ms((number + 1) * LENGTH_MS)
    ticks = [Tick(event_id, ends) for event_id in sorted(event_ids)]
    for start in range(0, len(ticks), MESSAGES_MAX):
        entries = [
            {
                "Id": str(index),
                "MessageBody": msgspec.json.encode(tick).decode(),
                "MessageGroupId": tick.event_id,
                "MessageDeduplicationId": f"{tick.event_id}-{number}",
            }
            for index, tick in enumerate(ticks[start : start + MESSAGES_MAX])
        ]
        answer = settings.client("sqs").send_message_batch(QueueUrl=settings.env("QUEUE_TICKS"), Entries=entries)
        if answer.get("Failed"):
            raise NotTicked(f"{len(answer['Failed'])} of {len(entries)}")
