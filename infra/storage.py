"""The two kinds of storage every context uses, with what all of them must have."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import alarm_above

RECEIVES_MAX = 5
VISIBILITY_TIMES_FUNCTION_TIMEOUT = 6
"""AWS's advice for a queue that feeds a function, so that a retry never overlaps the first try."""


OLD = Duration.minutes(30)
"""Longer than any message is meant to wait: five tries, or the fifteen minutes that SQS can delay one."""


def context_table(scope: Construct, *, sorted_by: str | None = "sk", stream: bool = False) -> dynamodb.Table:
    """A context's one table: `pk`, `sk`, expiry in `expires`, restorable to any second of 35 days."""
    sort_key = dynamodb.Attribute(name=sorted_by, type=dynamodb.AttributeType.STRING) if sorted_by else None
    return dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        sort_key=sort_key,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expires",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if stream else None,
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )


def work_queue(scope: Construct, name: str, *, function_timeout_seconds: int, in_order: bool = False) -> sqs.Queue:
    """A queue that feeds a function; what fails again and again goes to its dead-letter queue.

    `in_order`: first in, first out within a group of messages, one at a time; as many groups at once as there are.
    """
    queue = sqs.Queue(
        scope,
        name,
        fifo=in_order or None,
        deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP if in_order else None,
        fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID if in_order else None,
        visibility_timeout=Duration.seconds(function_timeout_seconds * VISIBILITY_TIMES_FUNCTION_TIMEOUT),
        dead_letter_queue=sqs.DeadLetterQueue(
            max_receive_count=RECEIVES_MAX, queue=dead_letter_queue(scope, f"{name}-dead", in_order=in_order)
        ),
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
    )
    age = queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(1))
    alarm_above(scope, f"{name}-old", age, OLD.to_seconds(), f"{queue.node.path} is not worked off: see its function.")
    return queue


def dead_letter_queue(scope: Construct, name: str, *, in_order: bool = False) -> sqs.Queue:
    """Where an operator finds what could not be processed: its first message raises an alarm (I22)."""
    queue = sqs.Queue(
        scope,
        name,
        fifo=in_order or None,
        retention_period=Duration.days(14),
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
    )
    visible = queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1))
    alarm_above(scope, name, visible, 0, f"{queue.node.path} has a message that could not be processed: make redrive.")
    return queue
