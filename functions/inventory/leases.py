"""The message that comes when a lease ends, so that the map does not wait for the next buyer.

The rows need none of this: to the next buyer's condition a lease that has ended is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from kit import settings

DELAY_MAX = timedelta(minutes=15)
"""SQS keeps a message back no longer; one that comes early is sent again."""
AFTER = timedelta(seconds=1)
MESSAGES_MAX = 10


class NotAnnounced(RuntimeError):
    """The queue did not take every message; the caller's own retry sends them again."""


class LeaseEnd(msgspec.Struct, frozen=True, rename="camel"):
    """The seats of one row that a hold has until then."""

    event_id: str
    hold_id: str
    until: datetime
    seat_ids: list[str]


def announce(ends: Sequence[LeaseEnd], now: datetime) -> None:
    """Have each message come just after its lease, or as late as the queue allows. Raises NotAnnounced."""
    for start in range(0, len(ends), MESSAGES_MAX):
        entries = [
            {
                "Id": str(number),
                "MessageBody": msgspec.json.encode(end).decode(),
                "DelaySeconds": int(delay(end, now).total_seconds()),
            }
            for number, end in enumerate(ends[start : start + MESSAGES_MAX])
        ]
        answer = settings.client("sqs").send_message_batch(QueueUrl=settings.env("QUEUE_EXPIRIES"), Entries=entries)
        if answer.get("Failed"):
            raise NotAnnounced(f"{len(answer['Failed'])} of {len(entries)}")


def delay(end: LeaseEnd, now: datetime) -> timedelta:
    """Until a second after the lease, of which the queue's whole seconds leave what they may.

    So the map is told within two, the way there included; a message that another clock finds early is sent again.
    """
    return min(max(end.until - now, timedelta()) + AFTER, DELAY_MAX)
