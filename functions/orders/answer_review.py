"""POST /operator/reviews/{orderId}: a person has looked at an order; its purchase goes on, or ends."""

from __future__ import annotations

import msgspec

from kit.auth import OPERATOR
from kit.errors import NotFound
from kit.http import Call, endpoint
from kit.telemetry import log
from orders import reviews
from orders.reviews import Answer, ReviewClosed


class ReviewAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """`approve` lets the purchase go on; `decline` ends it: no money is taken and the seats go back on sale."""

    decision: Answer


class AnsweredReview(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    decision: Answer


@endpoint(callers=OPERATOR, raises=(NotFound, ReviewClosed))
def handler(call: Call, body: ReviewAnswer) -> AnsweredReview:
    """Answer a review, once."""
    order_id = call.path["orderId"]
    reviews.answer(order_id, body.decision, call.caller.person_id, call.now)
    log.info("review answered", order_id=order_id, decision=body.decision, operator=call.caller.person_id)
    return AnsweredReview(order_id, body.decision)
