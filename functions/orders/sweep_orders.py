"""Every minute: what was accepted and has not ended is sent again, so that nothing waits for a lost message.

A buyer's cancellation that was decided and not begun is begun. Starting is by name, so one that runs already is left
alone. One that cannot be started keeps no other waiting. Orders that stay open past any purchase's end are counted:
somebody has to look.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from kit import clock
from kit.telemetry import count, log, metrics
from orders import launching, store
from orders.order import LEASE, Order

PATIENCE = timedelta(minutes=1)
STUCK_AFTER = 2 * LEASE
SWEPT_MAX = 1000
"""In one run; the next one goes on, since the oldest come first."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    sweep_orders(clock.now())


def sweep_orders(now: datetime) -> None:
    for order in store.list_open(now - PATIENCE, SWEPT_MAX):
        try:
            _see_to(order, now)
        except ClientError:
            log.exception("order not swept", order_id=order.order_id)
            count("OrdersUnswept")


def _see_to(order: Order, now: datetime) -> None:
    if not order.is_open:
        _carry_on(order)
        return
    launching.send(order)
    if now - order.created_at > STUCK_AFTER:
        log.warning("order does not end", order_id=order.order_id)
        count("OrdersStuck")


def _carry_on(order: Order) -> None:
    for cancellation in order.cancellations:
        if cancellation.cause == "buyer" and not cancellation.closed:  # the event's is its own machine's
            launching.carry_out(order, cancellation)
