"""What orders keep: orders and their outbox in a table; purchases to start in a queue; lists of orders in a bucket."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.alarms import alarm_on_counters
from infra.storage import context_table, work_queue

ALARMS = {
    "OrdersStuck": "An order has not ended twice the time its lease lasts: see its execution, then redrive it.",
    "OrdersUnswept": "An order's machine could not be started or redriven: see the sweeper's log for which.",
    "RecallsFailed": "An order of a cancelled event could not be refunded: see the event's cancellation.",
    "CancellationsUnsent": "Cancellations could not be begun at once; the sweeper begins them within two minutes.",
    "PurchasesUnsent": "Accepted orders could not be put in the queue; the sweeper sends them within two minutes.",
}


class Orders(Construct):
    """The table's stream carries the outbox to notifications; the sweeper finds what is under way in its index.
    `lists` has the orders of events that were cancelled or moved."""

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
        self.lists = s3.Bucket(
            self,
            "Lists",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(90))],
        )
        alarm_on_counters(self, ALARMS)
