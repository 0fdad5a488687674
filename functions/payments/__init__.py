"""Payments: the money of an order, from asking to taking or giving it back.

Owns one payment record per order with its refunds, disputes and books, and everything said to Stripe. Promises
that an order is authorised at most once and captured at most once whatever repeats; that an amount other than
the order's is never taken, and never more given back than was taken; that debits equal credits; and that a
webhook only ever corrects the record. Card data never comes here: a payment method is an id.

A purchase whose card wants the buyer's word (AuthorizePayment raises AuthenticationRequired) hands a task token
to `waiting` and shows the buyer `next_action`. Who gives money back adds `request_refund` to the transaction that
decides it, and lets the step RefundPayment do it. News of refunds, disputes and fraud warnings is in the table's
stream, as items `outbox#…` (`outbox`).
"""

from payments.disputing import RecordedDispute, disputes_of
from payments.payment import (
    AlreadyAuthorized,
    AuthenticationFailed,
    AuthenticationRequired,
    CardDeclined,
    Payment,
    PaymentClosed,
)
from payments.refunding import get_refund, refunds_of, request_refund
from payments.refunds import NothingCaptured, Refund, RefundTooLarge
from payments.store import get_payment, request_payment
from payments.waiting import NextAction, next_action, waiting
from payments.webhook_event import WEBHOOK_EVENTS

__all__ = [
    "WEBHOOK_EVENTS",
    "AlreadyAuthorized",
    "AuthenticationFailed",
    "AuthenticationRequired",
    "CardDeclined",
    "NextAction",
    "NothingCaptured",
    "Payment",
    "PaymentClosed",
    "RecordedDispute",
    "Refund",
    "RefundTooLarge",
    "disputes_of",
    "get_payment",
    "get_refund",
    "next_action",
    "refunds_of",
    "request_payment",
    "request_refund",
    "waiting",
]
