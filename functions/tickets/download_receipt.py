"""GET /orders/{orderId}/receipt: what was paid for, on paper, for the buyer's books."""

from __future__ import annotations

from accounts import display_name
from catalog import get_event
from kit.errors import NotFound, Problem
from kit.http import Answer, Call, endpoint
from orders import get_order
from tickets import receipt

PAID = ("completed", "cancelled", "refunded")


class NothingPaid(Problem):
    """`orderStatus` is where the order stands: no money of it was taken, or not yet."""

    status, title = 409, "There is no receipt for an order that was not paid"


@endpoint(raises=(NotFound, NothingPaid))
def handler(call: Call) -> Answer:
    return download_receipt(call.path["orderId"], call.caller.person_id)


def download_receipt(order_id: str, person_id: str) -> Answer:
    """Raises NotFound, also for somebody else's; NothingPaid."""
    order = get_order(order_id)
    if order.person_id != person_id:
        raise NotFound
    if order.status not in PAID:
        raise NothingPaid(orderStatus=order.status)
    return Answer(
        receipt.render(order, get_event(order.event_id), display_name(person_id)),
        "application/pdf",
        headers={"content-disposition": f'attachment; filename="receipt-{order_id.replace("_", "-")}.pdf"'},
    )
