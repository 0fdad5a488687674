"""How a purchase gets going: a message in a queue, then an execution named by its order."""

from __future__ import annotations

import msgspec

from inventory import Purchase
from kit import settings
from kit.telemetry import count
from orders.order import Order

GAVE_UP = ("FAILED", "TIMED_OUT")


def send(order: Order) -> None:
    """Ask for the order's purchase to be started. Sending twice starts one."""
    settings.client("sqs").send_message(
        QueueUrl=settings.env("QUEUE_PURCHASES"), MessageBody=msgspec.json.encode(_purchase(order)).decode()
    )


def start(purchase: Purchase) -> None:
    """Start the purchase unless it was started before: the execution's name is the order's id.

    One that gave up, since Stripe or a table was away for longer than its retries, goes on where it stopped: its
    steps find what they did. Stopped by hand, it stays stopped.
    """
    client = settings.client("stepfunctions")
    machine_arn = settings.env("MACHINE_PURCHASE")
    try:
        client.start_execution(
            stateMachineArn=machine_arn, name=purchase.order_id, input=msgspec.json.encode(purchase).decode()
        )
    except client.exceptions.ExecutionAlreadyExists:
        execution_arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{purchase.order_id}"
        if client.describe_execution(executionArn=execution_arn)["status"] in GAVE_UP:
            count("PurchasesRedriven")
            client.redrive_execution(executionArn=execution_arn)


def _purchase(order: Order) -> Purchase:
    """What the state machine is told: ids and a deadline, nothing personal, nothing secret."""
    return Purchase(
        order_id=order.order_id,
        event_id=order.event_id,
        person_id=order.person_id,
        hold_id=order.hold_id,
        seat_ids=order.seat_ids,
        lease_ends_at=order.lease_ends_at,
    )
