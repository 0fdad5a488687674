"""The inventory: which seat is free, held until when, or sold to which order.

Owns the row items, each person's claim, the map's snapshot and the chart cut into sections; promises that a
seat has one holder at a time, that a hold has all of its seats or none, and that nobody passes the limit.
"""

from inventory.holding import get_hold
from inventory.holds import HeldSeat, HeldSeats, Hold
from inventory.problems import (
    CardsExhausted,
    EventCancelled,
    EventMoved,
    HoldExpired,
    LeaseUnknown,
    PurchaseInProgress,
    SeatsLost,
)
from inventory.purchase import Purchase, check_lease, extend_rows, pin_hold
from inventory.return_seats import Returned, return_seats
from inventory.sales import check_stands
from inventory.show_hold import describe_hold
from inventory.sold import orders_with_seats

__all__ = [
    "CardsExhausted",
    "EventCancelled",
    "EventMoved",
    "HeldSeat",
    "HeldSeats",
    "Hold",
    "HoldExpired",
    "LeaseUnknown",
    "Purchase",
    "PurchaseInProgress",
    "Returned",
    "SeatsLost",
    "check_lease",
    "check_stands",
    "describe_hold",
    "extend_rows",
    "get_hold",
    "orders_with_seats",
    "pin_hold",
    "return_seats",
]
