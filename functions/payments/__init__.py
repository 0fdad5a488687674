"""Payments: the money of an order, from asking to taking or giving it back.

Owns one payment record per order and everything said to Stripe. Promises that an order is authorised at
most once and captured at most once whatever repeats; that an amount other than the order's is never taken;
and that a webhook only ever corrects the record. Card data never comes here: a payment method is an id.
"""

from payments.payment import Payment
from payments.store import get_payment, request_payment

__all__ = ["Payment", "get_payment", "request_payment"]
