"""What the auditor must see happen: an item at rest does not tell its past."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit import ids

TOLD_APART = {"orders": "status", "payments": "state", "fraud": "verdict", "tickets": "status"}
SOLD = b"\xff" * 6
Item = dict[str, Any]


class Pasts:
    """Told every change of every item, in its order."""

    def __init__(self) -> None:
        self.history: dict[tuple[str, str, str], list[Any]] = {}
        """By table and key: each state or status that an item has had, in order."""
        self.sold_at: dict[tuple[str, str], datetime] = {}
        self.owners: dict[tuple[str, str], list[str | None]] = {}
        """By row and slot: to whom the seat was sold, one after the other; None where it was nobody's again."""
        self.counted_most: dict[tuple[str, str], int] = {}
        """By person and event: the most seats held and owned at any instant."""

    def note(self, table: str, before: Item | None, after: Item | None, now: datetime) -> None:
        item = after or before or {}
        attribute = TOLD_APART.get(table)
        if attribute and attribute in item:
            states = self.history.setdefault((table, item["pk"]["S"], item["sk"]["S"]), [])
            state = after and after[attribute]["S"]
            if not states or states[-1] != state:
                states.append(state)
        if table == "inventory" and before and after and item["pk"]["S"].startswith("R#"):
            for slot, value in after.items():
                if before.get(slot) != value and "B" in value:
                    self._note_owner(item["pk"]["S"], slot, bytes(value["B"]), now)
        if table == "inventory" and after and item["pk"]["S"].startswith("P#"):
            whose = item["pk"]["S"], item["sk"]["S"]
            self.counted_most[whose] = max(self.counted_most.get(whose, 0), _claimed(after, now))

    def _note_owner(self, row: str, slot: str, value: bytes, now: datetime) -> None:
        owner = ids.from_bytes("ord", value[6:]) if value[:6] == SOLD else None
        owners = self.owners.setdefault((row, slot), [])
        if owner:
            self.sold_at[row + slot, owner] = now
        if owner or owners:
            owners.append(owner)


def _claimed(claim: Item, now: datetime) -> int:
    """Seats owned, and those on a hold that has not ended; one that is both is one."""
    owned = {seat.partition("/")[2] for seat in claim.get("owned", {}).get("SS", ())}
    lives = "hold_id" in claim and int(claim["until"]["N"]) > now.timestamp() * 1000
    return len(owned | set(claim["seats"]["S"].split() if lives else ()))
