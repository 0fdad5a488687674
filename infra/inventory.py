"""What inventory keeps: rows, claims and snapshots in a table; leases about to end, and maps to tell of, in queues."""

from __future__ import annotations

from constructs import Construct

from infra.storage import context_table, work_queue


class Inventory(Construct):
    """The table's stream feeds the projector; `expiries` carries one delayed message a hold, and `ticks` one
    message for each half-second in which a map has changed."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Inventory")
        self.table = context_table(self, stream=True)
        self.expiries = work_queue(self, "expiries", function_timeout_seconds=10)
        self.ticks = work_queue(self, "ticks", function_timeout_seconds=45, in_order=True)
