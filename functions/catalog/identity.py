"""What an organizer creates is created once, however often the request arrives."""

from __future__ import annotations

import hashlib

from kit import ids
from kit.http import Call


def identify(call: Call, prefix: str) -> tuple[str, str]:
    """The new thing's id, and what was asked for.

    With an Idempotency-Key the id follows from it, so that the same request finds what it made the first time;
    `asked` tells it from another request under the same key. Raises IdempotencyKeyRequired.
    """
    key = call.idempotency_key
    asked = hashlib.sha256(call.raw_body).hexdigest()
    return (ids.derived(prefix, call.caller.person_id, key) if key else ids.new(prefix, call.now)), asked
