"""Orders: from accepting a buyer's seats and payment method to an order that is completed or has failed.

Owns the order and where it stands, what of it was given back, and the outbox that tells others of it. It
promises that an accepted order is never lost, that it stands for one purchase however often it is sent, that
it only moves forward, and that no seat of it is given back twice.

Who takes tickets back adds `add_cancellation` to the transaction that voids them, and then has it carried out
(`carry_out`): the seats go back on sale and the money to the buyer.
"""

from orders.cancelling import (
    CancellationRefused,
    NothingToCancel,
    OrderUnderWay,
    Terms,
    cancellation_of,
    check_open_to,
    refund_due,
    terms_of,
)
from orders.launching import carry_out
from orders.order import Cancellation, Delivery, Message, Order, OrderedSeat, Reason, Status
from orders.settle_refund import settle_refund
from orders.store import OrderMoved, add_cancellation
from orders.store import get as get_order

__all__ = [
    "Cancellation",
    "CancellationRefused",
    "Delivery",
    "Message",
    "NothingToCancel",
    "Order",
    "OrderMoved",
    "OrderUnderWay",
    "OrderedSeat",
    "Reason",
    "Status",
    "Terms",
    "add_cancellation",
    "cancellation_of",
    "carry_out",
    "check_open_to",
    "get_order",
    "refund_due",
    "settle_refund",
    "terms_of",
]
