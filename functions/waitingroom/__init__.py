"""The waiting room: who may come in to buy, in which order, and how many at once.

Owns each person's place in the line, the draw, who is ready and who is in; promises that an event never has more
people in it than its capacity, that the order is one that everybody can check, and that nobody gains by being fast,
by asking often or by asking twice (DECISIONS.md, "The waiting room has no counter").
"""

from waitingroom.gate import require_admission
from waitingroom.problems import AdmissionRequired, TokenBound
from waitingroom.rooms import record_stock

__all__ = ["AdmissionRequired", "TokenBound", "record_stock", "require_admission"]
