"""POST /orders: seats on hold and a payment method become an order. The answer comes before the money moves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

import fraud
import inventory
import payments
from fraud import PaymentVelocity
from inventory import EventCancelled, EventMoved, HeldSeat, Hold, HoldExpired, PurchaseInProgress
from kit import ids
from kit.decode import END
from kit.errors import Busy, Invalid, NotFound, Problem
from kit.http import Call, endpoint
from kit.idempotency import IdempotencyKeyRequired, IdempotencyMismatch, InProgress, key_of, once
from kit.money import Money
from kit.table import Transaction
from kit.telemetry import count, log
from orders import launching, store
from orders.card_numbers import CardNumberRefused, refuse_card_numbers
from orders.order import LEASE, Delivery, Order, OrderedSeat

PaymentMethodId = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_ -]{1,255}" + END)]
"""Spaces and dashes pass here, so that a card number is refused as what it is."""


class PriceMismatch(Problem):
    """`total` is what the seats on hold cost."""

    status, title = 422, "That is not what these seats cost"


class PaymentInfo(msgspec.Struct, frozen=True, rename="camel"):
    """The id that Stripe's form gave for a card, never the card."""

    payment_method_id: PaymentMethodId


class PurchaseRequest(msgspec.Struct, frozen=True, rename="camel"):
    """`expected_total` is what the buyer was shown; another price is refused."""

    hold_id: Annotated[str, msgspec.Meta(max_length=64)]
    payment_info: PaymentInfo
    delivery: Delivery = Delivery()
    expected_total: Money | None = None


@endpoint(
    status=202,
    idempotency_key="required",
    raises=(
        IdempotencyKeyRequired,
        NotFound,
        InProgress,
        PurchaseInProgress,
        HoldExpired,
        IdempotencyMismatch,
        EventCancelled,
        EventMoved,
        PriceMismatch,
        CardNumberRefused,
        PaymentVelocity,
        Invalid,
        Busy,
    ),
)
def handler(call: Call, body: PurchaseRequest) -> Order:
    """Accept an order. Poll it until its `status` is no longer `pending`."""
    refuse_card_numbers(call.raw_body)
    key = key_of(call)
    answer = once(call, "POST /orders", lambda: msgspec.to_builtins(_start(call, key, body)))
    return msgspec.convert(answer, Order)


def _start(call: Call, key: str, body: PurchaseRequest) -> Order:
    return start_purchase(call.caller.person_id, key, body, call.now, call.viewer_address)


def start_purchase(
    person_id: str, key: str, request: PurchaseRequest, now: datetime, viewer_address: str | None = None
) -> Order:
    """The order of this person and key: accepted now, or by an earlier try that crashed on its way.

    Raises NotFound, HoldExpired, PurchaseInProgress, IdempotencyMismatch, PriceMismatch, PaymentVelocity,
    EventCancelled, EventMoved, Busy.
    """
    order_id = ids.derived("ord", person_id, key)
    try:
        order = _accept(order_id, person_id, request, now, viewer_address)
    except (store.OrderExists, PurchaseInProgress, HoldExpired, NotFound, PaymentVelocity):
        if (accepted := store.find(order_id)) is None:
            raise
        _check_same(accepted, request)
        order = accepted
    if order.status == "pending":
        _send(order)
    return order


def _check_same(order: Order, request: PurchaseRequest) -> None:
    """What a crashed try has accepted is nobody's answer to another request. Raises IdempotencyMismatch."""
    payment = payments.get_payment(order.order_id)
    accepted = order.hold_id, order.delivery, payment and payment.payment_method_id
    if accepted != (request.hold_id, request.delivery, request.payment_info.payment_method_id):
        raise IdempotencyMismatch


def _accept(
    order_id: str, person_id: str, request: PurchaseRequest, now: datetime, viewer_address: str | None
) -> Order:
    """The order, its payment's request and the hold's new owner are written together or not at all."""
    hold = inventory.get_hold(person_id, request.hold_id, now)
    if request.expected_total not in (None, hold.fare.total):
        raise PriceMismatch(total=msgspec.to_builtins(hold.fare.total))
    inventory.check_stands(hold.event_id)
    admitted = fraud.admit_try(person_id, hold.event_id, viewer_address, now)
    order = _order(order_id, hold, inventory.describe_hold(hold, now).seats, request.delivery, now)
    transaction = Transaction()
    store.add(transaction, order, admitted.address)
    payments.request_payment(transaction, order_id, order.fare.total, request.payment_info.payment_method_id, now)
    inventory.pin_hold(transaction, hold, order_id, order.lease_ends_at, now)
    transaction.commit()
    fraud.count_try(admitted, now)
    try:
        inventory.extend_rows(hold, order.lease_ends_at)
    except (HoldExpired, Busy):
        log.warning("the lease is not in the rows yet")  # SellSeats repeats it, and has the last word
    return order


def _order(order_id: str, hold: Hold, seats: list[HeldSeat], delivery: Delivery, now: datetime) -> Order:
    return Order(
        order_id=order_id,
        person_id=hold.person_id,
        event_id=hold.event_id,
        hold_id=hold.hold_id,
        status="pending",
        seats=[msgspec.convert(seat, OrderedSeat, from_attributes=True) for seat in seats],
        fare=hold.fare,
        delivery=delivery,
        created_at=now,
        updated_at=now,
        lease_ends_at=hold.order_deadline(now + LEASE),
    )


def _send(order: Order) -> None:
    """The order is accepted whether or not this succeeds: the sweeper sends what was not sent."""
    try:
        launching.send(order)
    except (BotoCoreError, ClientError):
        log.exception("not sent")
        count("PurchasesUnsent")
