"""How a purchase gets going, by a message and an execution named by its order; and how a cancellation does."""

from __future__ import annotations

import msgspec

from inventory import Purchase
from kit import settings
from kit.telemetry import count
from orders.order import Cancellation, Order

GAVE_UP = ("FAILED", "TIMED_OUT")


def send(order: Order) -> None:
    """Ask for the order's purchase to be started. Sending twice starts one."""
    settings.client("sqs").send_message(
        QueueUrl=settings.env("QUEUE_PURCHASES"), MessageBody=msgspec.json.encode(_purchase(order)).decode()
    )


def start(purchase: Purchase) -> None:
    """Start the purchase unless it was started before: the execution's name is the order's id."""
    _execute("MACHINE_PURCHASE", purchase.order_id, purchase)


class Return(msgspec.Struct, frozen=True, rename="camel"):
    """What the machine that carries out a cancellation is told. `money_due`: something is to be paid back."""

    order_id: str
    event_id: str
    person_id: str
    hold_id: str
    cancellation_id: str
    seat_ids: list[str]
    money_due: bool


def carry_out(order: Order, cancellation: Cancellation) -> None:
    """Have the seats go back on sale and the money to the buyer, unless it was begun before."""
    _execute("MACHINE_CANCELLATION", cancellation.cancellation_id, _return(order, cancellation))


def _execute(machine: str, name: str, document: msgspec.Struct) -> None:
    """One that gave up, since Stripe or a table was away for longer than its retries, goes on where it stopped: its
    steps find what they did. Stopped by hand, it stays stopped.
    """
    client = settings.client("stepfunctions")
    machine_arn = settings.env(machine)
    try:
        client.start_execution(stateMachineArn=machine_arn, name=name, input=msgspec.json.encode(document).decode())
    except client.exceptions.ExecutionAlreadyExists:
        execution_arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        if client.describe_execution(executionArn=execution_arn)["status"] in GAVE_UP:
            count("ExecutionsRedriven")
            client.redrive_execution(executionArn=execution_arn)


def _return(order: Order, cancellation: Cancellation) -> Return:
    return Return(
        order_id=order.order_id,
        event_id=order.event_id,
        person_id=order.person_id,
        hold_id=order.hold_id,
        cancellation_id=cancellation.cancellation_id,
        seat_ids=cancellation.seat_ids,
        money_due=cancellation.refund.amount > 0,
    )


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
