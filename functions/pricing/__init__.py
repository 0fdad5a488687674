"""Pricing: what a seat costs and what an order comes to.

Owns the organizer's price list (`Pricing`) and the quote made from it (`Fare`). Pure: the price list travels
inside the event, so nothing here reads or writes a table. A quote is all-in: its total is what is charged.
"""

from pricing.fares import Fare, FareFee, FareLine, FareTax, all_in, price_range, quote, too_small
from pricing.price_list import Fee, Key, Pricing, Tax, TicketType, UnknownCategory, UnknownTicketType, faults

__all__ = [
    "Fare",
    "FareFee",
    "FareLine",
    "FareTax",
    "Fee",
    "Key",
    "Pricing",
    "Tax",
    "TicketType",
    "UnknownCategory",
    "UnknownTicketType",
    "all_in",
    "faults",
    "price_range",
    "quote",
    "too_small",
]
