"""How a purchase gets going: a message in a queue, then an execution named by its order."""

from __future__ import annotations

import msgspec

from kit import settings
from orders.order import Order, Purchase, purchase_of


def send(order: Order) -> None:
    """Ask for the order's purchase to be started. Sending twice starts one."""
    settings.client("sqs").send_message(
        QueueUrl=settings.env("QUEUE_PURCHASES"), MessageBody=msgspec.json.encode(purchase_of(order)).decode()
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
