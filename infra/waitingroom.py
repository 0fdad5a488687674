"""What the waiting room keeps: rooms, places, sessions in a table; turns to tell of and buckets to read in queues."""

from __future__ import annotations

from constructs import Construct

from infra.alarms import alarm_on_counters
from infra.storage import context_table, work_queue

ALARMS = {
    "RoomsDegraded": "A room has had no tick for over a minute: the edge lets people in by lot. See the usher's log.",
    "TicksFailed": "A room could not be ticked: after a minute of it nobody new goes in. See the usher's log.",
}


class WaitingRoom(Construct):
    """`turns` carries a message for each tick that moved somebody, `buckets` one for each part of a large register
    that is to be read for the draw."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Waitingroom")
        self.table = context_table(self)
        self.turns = work_queue(self, "turns", function_timeout_seconds=15)
        self.buckets = work_queue(self, "buckets", function_timeout_seconds=60)
        alarm_on_counters(self, ALARMS)
