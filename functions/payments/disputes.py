"""A dispute: the buyer's bank takes the money back until it has decided; pure.

inquiry ─→ open ─→ won | lost
   └─────────────→ won
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kit.money import Money
from payments import ledger
from payments.ledger import Entry
from payments.payment import Fee


class Standing(StrEnum):
    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


COMES_FROM = {
    Standing.INQUIRY: (),
    Standing.OPEN: (Standing.INQUIRY,),
    Standing.WON: (Standing.INQUIRY, Standing.OPEN),
    Standing.LOST: (Standing.OPEN, Standing.INQUIRY),
}
_STANDS = {"won": Standing.WON, "prevented": Standing.WON, "warning_closed": Standing.WON, "lost": Standing.LOST}


class Movement(msgspec.Struct, frozen=True):
    """Stripe's balance moved: the disputed amount was taken or came back, and maybe a fee."""

    entry_id: str
    taken: bool
    fee: Fee


class Dispute(msgspec.Struct, frozen=True):
    """A dispute as Stripe has it. `reason` is its word: `fraudulent`, `product_not_received`, …"""

    dispute_id: str
    status: str
    reason: str
    amount: Money
    due_by: int | None = None
    """Until when evidence may be sent, as Unix time."""
    movements: list[Movement] = []

    @property
    def standing(self) -> Standing:
        if self.status in _STANDS:
            return _STANDS[self.status]
        return Standing.INQUIRY if self.status.startswith("warning_") else Standing.OPEN

    def entries(self) -> list[Entry]:
        """What it has done to the books so far."""
        posted = []
        for movement in self.movements:
            amount = self.amount * -1 if movement.taken else self.amount
            posted.append(ledger.of_withdrawal(movement.entry_id, amount))
            if movement.fee.amount.amount:
                posted.append(ledger.of_fee(movement.fee))
        if self.standing == Standing.LOST:
            posted.append(ledger.of_loss(self.dispute_id, self.amount))
        return posted
