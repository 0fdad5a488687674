"""How a purchase gets going: a message in a queue, then an execution named by its order."""

from __future__ import annotations

import msgspec

from inventory import Purchase
from kit import settings
from orders.order import Order


def send(order: Order) -> None:
    """Ask for the order's purchase to be started. Sending twice starts one."""
    settings.client("sqs").send_message(
        QueueUrl=settings.env("QUEUE_PURCHASES"), MessageBody=msgspec.json.encode(_purchase(order)).decode()
    )


def start(purchase: Purchase) -> None:
    """Start the purchase unless it was started before: the execution's name is the order's id."""
    client = settings.client("stepfunctions")
    try:
        client.start_execution(
            stateMachineArn=settings.env("MACHINE_PURCHASE"),
            name=purchase.order_id,
            input=msgspec.json.encode(purchase).decode(),
        )
    except client.exceptions.ExecutionAlreadyExists:
        return


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
