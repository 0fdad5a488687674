"""Faults a test asks for: the next calls that match fail, before or after their effect."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from .errors import Json, invalid

KINDS = ("500", "503", "429", "409", "timeout", "reset", "slow")


@dataclass
class Fault:
    """What goes wrong with `count` calls.

    `before` the effect it never happens; `after` it the answer is lost, but the call's idempotency key keeps
    what the call did. `stored`: the key keeps a 500 instead, as Stripe's do when it fails once work has begun
    (a 500 after the effect always is).
    """

    how: str
    path: str = "/v1/*"
    method: str = "POST"
    count: int = 1
    when: str = "before"  # or "after"
    seconds: float = 60.0  # how long a timeout hangs or a slow call takes
    stored: bool = False

    def __post_init__(self) -> None:
        if self.how not in KINDS or self.when not in ("before", "after"):
            raise invalid(f"A fault is one of {', '.join(KINDS)}, before or after.")
        self.stored = self.stored or (self.when == "after" and self.how == "500")

    @property
    def prevents(self) -> bool:
        return self.when == "before" and self.how != "slow"


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, wanted: Json) -> None:
        try:
            self._planned.append(Fault(**wanted))
        except TypeError as mistake:
            raise invalid(str(mistake)) from mistake

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self._planned:
            if fault.method in (method, "*") and fnmatchcase(path, fault.path):
                fault.count -= 1
                if fault.count == 0:
                    self._planned.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self._planned.clear()
