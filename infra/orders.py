"""What orders keep: orders and their outbox in a table; purchases to start in a queue."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.alarms import alarm_on_counters
from infra.storage import context_table, work_queue

ALARMS = {
    "OrdersStuck": "An order has not ended twice the time its lease lasts: see its execution, then redrive it.",
    "PurchasesUnsent": "Accepted orders could not be put in the queue; the sweeper sends them within two minutes.",
}


class Orders(Construct):
    """The table's stream carries the outbox to notifications; the sweeper finds what has not ended in its index."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Orders")
        self.table = context_table(self, stream=True)
        self.table.add_global_secondary_index(
            index_name="open-orders",
            partition_key=dynamodb.Attribute(name="open", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="createdAt", type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.purchases = work_queue(self, "purchases", function_timeout_seconds=10)
        alarm_on_counters(self, ALARMS)
