"""AwaitReview: a person has to look at the order; its purchase waits until one answers or the time is over."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

import fraud
from kit.step import step
from kit.telemetry import count
from orders import reviews, store
from orders.assess_fraud import FraudBlocked


class Wait(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    task_token: str


@step
def handler(wait: Wait, now: datetime) -> None:
    await_review(wait.order_id, wait.task_token, now)


def await_review(order_id: str, task_token: str, now: datetime) -> None:
    """Again, the latest token counts. Raises FraudBlocked: a block whose answer was lost stays one; ReviewClosed."""
    decision = fraud.decision_on(order_id)
    if decision and decision.verdict == "block":
        raise FraudBlocked
    order = store.get(order_id)
    with suppress(store.OrderMoved):  # says so already
        store.move(order, "in_review", now, tell="review-waiting")
    reviews.ask(order_id, task_token, now)
    count("ReviewsAsked")
