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
    return (id_under(prefix, call.caller.person_id, key) if key else ids.new(prefix, call.now)), asked


def id_under(prefix: str, person_id: str, key: str) -> str:
    """The id of what a person creates under an Idempotency-Key."""
    return ids.derived(prefix, person_id, key)
