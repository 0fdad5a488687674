"""Errors a client can act on, as nouns that carry their data.

    Problem
    ├── Malformed            400  bad-json: not JSON, duplicate keys, nested too deep
    ├── Unauthenticated      401  no token
    ├── InvalidToken         401
    ├── Forbidden            403
    ├── NotFound             404  also: somebody else's
    ├── MethodNotAllowed     405
    ├── TooLarge             413
    ├── UnsupportedMediaType 415
    ├── Invalid              422  a field's value; a field may name its own word
    │   └── UnknownField
    ├── VersionRequired      428  a change without If-Match
    ├── ChangedMeanwhile     412  somebody else has changed it since it was read
    ├── IdempotencyKeyRequired, IdempotencyMismatch, InProgress  400, 422, 409
    ├── Busy                 503  throttled or a dependency is away: try again
    └── … each context adds its own nouns (`SeatsUnavailable`, `HoldExpired`, …)

A class name, the last part of the problem's `type`, and a state machine's `ErrorEquals` are one word:
`SeatsUnavailable` → `seats-unavailable`. Answers follow RFC 9457.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

TYPE_BASE = "https://boxoffice.example/problems/"


class Problem(Exception):
    """An answer other than success. Subclasses set `status` and `title`; `data` goes to the client."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    word: str

    def __init_subclass__(cls) -> None:
        cls.word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, detail: str = "", **data: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.data = data

    @property
    def retry_after_seconds(self) -> int | None:
        """What the `Retry-After` header says; 429 and 503 always carry one."""
        return 1 if self.status in (429, 503) else None

    def document(self, request_id: str) -> dict[str, Any]:
        """The problem+json body; `requestId` finds the log lines."""
        document: dict[str, Any] = {"type": TYPE_BASE + self.word, "title": self.title, "status": self.status}
        if self.detail:
            document["detail"] = self.detail
        if request_id:
            document["requestId"] = request_id
        return document | self.data


class Malformed(Problem):
    status, title = 400, "The body is not acceptable JSON"


Malformed.word = "bad-json"


class Unauthenticated(Problem):
    status, title = 401, "Sign in first"


class InvalidToken(Problem):
    status, title = 401, "This token is not valid here"


class Forbidden(Problem):
    status, title = 403, "Your role does not allow this"


class NotFound(Problem):
    """Missing, or somebody else's: the two answers are the same to the byte but for `requestId`."""

    status, title = 404, "There is no such thing here"


class MethodNotAllowed(Problem):
    status, title = 405, "This address does not take that method"


class TooLarge(Problem):
    status, title = 413, "The body is too large"


class UnsupportedMediaType(Problem):
    status, title = 415, "Send application/json"


class Invalid(Problem):
    """A value that cannot be used. `word` may be the field's own, such as `invalid-quantity`."""

    status, title = 422, "A value is not valid"

    def __init__(self, detail: str = "", *, word: str | None = None, **data: Any) -> None:
        super().__init__(detail, **data)
        if word:
            self.word = word


class UnknownField(Problem):
    status, title = 422, "The body has a field this address does not know"


class VersionRequired(Problem):
    status, title = 428, "Send an If-Match header with the version that you have read"


class ChangedMeanwhile(Problem):
    """`version` is the one to read now."""

    status, title = 412, "Somebody else has changed this since you read it"


class IdempotencyKeyRequired(Problem):
    status, title = 400, "Send an Idempotency-Key header of 1 to 255 characters"


class IdempotencyMismatch(Problem):
    status, title = 422, "This Idempotency-Key was used with another body"


class InProgress(Problem):
    status, title = 409, "The first request with this Idempotency-Key has not finished"

    @property
    def retry_after_seconds(self) -> int | None:
        return 1


class Busy(Problem):
    status, title = 503, "Too busy for the moment"


class Internal(Problem):
    status, title = 500, "Something went wrong on our side"
