"""What goes wrong at the two boundaries: the AWS client and the Stripe transport."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

AWS_KINDS = ("crash-before", "crash-after", "unreached", "lost", "throttled", "conflict", "broken", "twice")
STRIPE_KINDS = ("crash-before", "crash-after", "unreached", "lost", "429", "409", "500-before", "500-after", "503")


@dataclass
class Fault:
    """The next `times` calls that match, once `skip` of them went well.

    `during` names the verb or the state that calls, `call` what it calls: `dynamodb.UpdateItem inventory`,
    `stripe POST /v1/payment_intents`; both as file names are matched.

    `crash-before` and `crash-after` end the process before or after the effect, `unreached` and `lost` leave the
    caller without an answer, `twice` has the client's own retry repeat what was done.
    """

    how: str
    during: str = "*"
    call: str = "*"
    times: int = 1
    skip: int = 0


class Trouble:
    """Planned faults first, then random ones, each kind at its own rate."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._planned: list[Fault] = []
        self._rates: dict[str, Mapping[str, float]] = {}
        self.struck: Counter[str] = Counter()

    def plan(self, *faults: Fault) -> None:
        self._planned += faults

    def everywhere(self, boundary: str, rates: Mapping[str, float]) -> None:
        """How likely each kind is for any call to `aws` or `stripe`."""
        self._rates[boundary] = rates

    def clear(self) -> None:
        self._planned.clear()
        self._rates.clear()

    @property
    def is_over(self) -> bool:
        """Everything planned has happened."""
        return not self._planned

    def strike(self, boundary: str, during: str, call: str) -> str | None:
        """What happens to this call."""
        for fault in self._planned:
            if fnmatchcase(during, fault.during) and fnmatchcase(call, fault.call):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return self._noted(fault.how)
        if rates := self._rates.get(boundary):
            drawn = self._chance.random()
            for how, rate in rates.items():
                drawn -= rate
                if drawn < 0:
                    return self._noted(how)
        return None

    def _noted(self, how: str) -> str:
        self.struck[how] += 1
        return how
