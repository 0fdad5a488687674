"""What notifications keep: what was told and how people want to be told, in a table; what has to wait in a queue."""

from __future__ import annotations

from constructs import Construct

from infra.storage import context_table, work_queue


class Notifications(Construct):
    """`messages` carries what could not be told at once."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Notifications")
        self.table = context_table(self)
        self.messages = work_queue(self, "messages", function_timeout_seconds=30)
