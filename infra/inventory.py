"""What inventory keeps: rows, claims and snapshots in a table; leases about to end in a queue."""

from __future__ import annotations

from constructs import Construct

from infra.storage import context_table, work_queue


class Inventory(Construct):
    """The table's stream feeds the projector; `expiries` carries one delayed message a hold."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Inventory")
        self.table = context_table(self, stream=True)
        self.expiries = work_queue(self, "expiries", function_timeout_seconds=10)
