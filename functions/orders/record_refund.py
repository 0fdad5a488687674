"""RecordRefund: of an event that is off, this order has its money back, or none was due."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit.step import step
from orders import changes
from orders.close_order import close_order


class Refunded(msgspec.Struct, frozen=True, rename="camel"):
    event_id: str
    change_id: str
    order_id: str
    cancellation_id: str | None


@step
def handler(refunded: Refunded, now: datetime) -> None:
    record_refund(refunded, now)


def record_refund(refunded: Refunded, now: datetime) -> None:
    """Once or again with the same outcome. Raises OrderMoved: do it again."""
    if refunded.cancellation_id:
        close_order(refunded.order_id, refunded.cancellation_id, now)
    changes.record(refunded.event_id, refunded.change_id, refunded.order_id, "done", now)
