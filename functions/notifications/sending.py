"""What every channel carries, and what its answers mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import msgspec
from botocore.exceptions import ClientError, ConnectionError


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


@contextmanager
def one_attempt(never: Collection[str]) -> Iterator[None]:
    """Tell apart what a service's refusal means; `never` are its codes for an address that will not do.

    What the service says is not passed on: it repeats the address (I25).
    """
    try:
        yield
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in never:
            raise Refused(code) from None
        if status < 500:
            raise Postponed(code) from None
        raise Uncertain(code) from None
    except ConnectionError as error:
        raise Postponed(type(error).__name__) from None
