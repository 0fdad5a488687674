"""What every channel carries, and what its answers mean."""

from __future__ import annotations

import msgspec


class Letter(msgspec.Struct, frozen=True):
    """One message, written for two kinds of mail reader and for a phone's screen.

    `brief` says it in a sentence; `url` is where to go on.
    """

    subject: str
    html: str
    text: str
    brief: str
    url: str


class Refused(Exception):
    """This will not be accepted for this address, now or later."""


class Postponed(Exception):
    """Certainly not sent, for a reason that passes: a quota, a paused account, no connection."""


class Uncertain(Exception):
    """The service failed while it had the message: it may or may not go out."""
