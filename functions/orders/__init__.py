"""Orders: from accepting a buyer's seats and payment method to an order that is completed or has failed.

Owns the order and where it stands, and the outbox that tells others of it. It promises that an accepted order
is never lost, that it stands for one purchase however often it is sent, and that it only moves forward.
"""

from orders.order import Delivery, Message, Order, OrderedSeat, Reason, Status
from orders.store import get as get_order

__all__ = ["Delivery", "Message", "Order", "OrderedSeat", "Reason", "Status", "get_order"]
