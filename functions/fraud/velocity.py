"""How often somebody may try to pay for one event: whoever tries cards out is stopped before another order."""

from __future__ import annotations

from datetime import datetime

from fraud import store
from kit.errors import Problem

ATTEMPTS_MAX = 10
"""Orders of a person for one event, in this hour and the one before."""
RETRY_AFTER_SECONDS = 3600


class PaymentVelocity(Problem):
    status, title = 429, "Too many tries to pay; come back later"

    @property
    def retry_after_seconds(self) -> int | None:
        return RETRY_AFTER_SECONDS


def check_velocity(person_id: str, event_id: str, now: datetime) -> None:
    """Raises PaymentVelocity where this person has tried often enough. Counts nothing: AssessFraud does."""
    if store.counted(person_id, event_id, now) >= ATTEMPTS_MAX:
        raise PaymentVelocity
