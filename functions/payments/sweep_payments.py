"""Every minute: what waits for a bank is asked after, a refund under way is seen through, and an authorisation
that nobody takes or gives back any more is given back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException
from stripe import StripeError

from kit import clock
from kit.errors import Problem
from kit.telemetry import count, log, metrics
from payments import gateway, store
from payments.following import catch_up
from payments.payment import OutcomeUnknown, Payment, State
from payments.refund_payment import refund_payment
from payments.refunding import refunds_of
from payments.refunds import RefundState
from payments.void_payment import void_payment
from payments.waiting import resume

PATIENCE = timedelta(minutes=1)
"""Until then a webhook or the purchase itself is expected to do it."""
ABANDONED_AFTER = timedelta(hours=2)
"""Twice as long as a purchase may run, many leases, and far less than the days a bank holds an amount."""
SWEPT_MAX = 100
UNSETTLED_MAX = 3
"""When so many calls came to nothing, Stripe is away: the next run goes on."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    sweep_payments(clock.now())


def sweep_payments(now: datetime) -> None:
    """See to the oldest of what is unfinished. One that makes trouble does not keep the others waiting."""
    unsettled = 0
    for payment, since in store.list_open(now - PATIENCE, SWEPT_MAX):
        try:
            _see_to(payment, since, now)
        except OutcomeUnknown:
            unsettled += 1
            if unsettled == UNSETTLED_MAX:
                return
        except (Problem, ClientError, PynamoDBException, StripeError):
            log.exception("payment not settled", extra={"order_id": payment.order_id})


def _see_to(payment: Payment, since: datetime, now: datetime) -> None:
    if payment.is_captured:
        store.list_again(payment.order_id, now)  # behind the others, since a bank may take days
        for refund in refunds_of(payment.order_id):
            if refund.state == RefundState.REQUESTED:
                refund_payment(payment.order_id, refund.refund_id, None, now)
    elif now - since >= ABANDONED_AFTER:
        count("PaymentsAbandoned")
        void_payment(payment.order_id, now)
    elif payment.state == State.REQUIRES_ACTION:
        catch_up(payment, gateway.retrieve(str(payment.intent_id)), now)
    if payment.awaited:
        resume(payment.order_id)
