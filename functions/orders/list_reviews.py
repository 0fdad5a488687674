"""GET /operator/reviews: the orders whose purchases wait for a person, with what there is to decide on."""

from __future__ import annotations

from datetime import datetime

import msgspec

import accounts
import fraud
from kit.auth import OPERATOR
from kit.errors import NotFound
from kit.http import Call, endpoint
from kit.pages import InvalidCursor, PageQuery, seal, unseal
from orders import reviews, store
from orders.order import Order

HISTORY_MAX = 20


class ReviewBuyer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Who wants to buy. Counts are of their latest twenty orders before this one."""

    orders_completed: int
    orders_failed: int
    name: str = ""
    email: str | None = None


class WaitingReview(msgspec.Struct, frozen=True, rename="camel"):
    """`rules` names what spoke against the order; none where it could not be assessed in time."""

    order: Order
    buyer: ReviewBuyer
    rules: list[str]
    asked_at: datetime
    until: datetime


class ReviewPage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """`next_cursor` is there when more wait."""

    reviews: list[WaitingReview]
    next_cursor: str | None = None


@endpoint(callers=OPERATOR, raises=(InvalidCursor,))
def handler(call: Call, query: PageQuery) -> ReviewPage:
    """Those that have waited longest come first."""
    return list_reviews(call.caller.person_id, query, call.now)


def list_reviews(operator: str, page: PageQuery, now: datetime) -> ReviewPage:
    """Raises InvalidCursor."""
    after = unseal(page.cursor, "reviews", operator) if page.cursor else None
    waiting, more = reviews.waiting(page.limit, after, now)
    found = [_review(store.get(order_id), asked_at) for order_id, asked_at in waiting]
    return ReviewPage(
        [review for review in found if review.order.is_open], seal(more, "reviews", operator) if more else None
    )


def _review(order: Order, asked_at: datetime) -> WaitingReview:
    decision = fraud.decision_on(order.order_id)
    return WaitingReview(
        order=order,
        buyer=_buyer(order),
        rules=decision.rules if decision else [],
        asked_at=asked_at,
        until=min(asked_at + reviews.PATIENCE, order.lease_ends_at),
    )


def _buyer(order: Order) -> ReviewBuyer:
    earlier, _ = store.list_of(order.person_id, HISTORY_MAX, store.position(order))
    buyer = ReviewBuyer(
        orders_completed=sum(other.status == "completed" for other in earlier),
        orders_failed=sum(other.status == "failed" for other in earlier),
    )
    try:
        contact = accounts.contact(order.person_id)
    except NotFound:
        return buyer
    return msgspec.structs.replace(buyer, name=contact.name, email=contact.email)
