"""AwaitAuthentication: the buyer has to answer to the bank; the purchase waits for it or until the time is over."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

import payments
from kit.step import step
from orders import store


class Wait(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    task_token: str


@step
def handler(wait: Wait, now: datetime) -> None:
    await_authentication(wait.order_id, wait.task_token, now)


def await_authentication(order_id: str, task_token: str, now: datetime) -> None:
    """Tell the buyer's client first, then wait; again, the latest token counts.

    Raises what the bank has said already: AlreadyAuthorized, CardDeclined, AuthenticationFailed, PaymentClosed.
    """
    with suppress(store.OrderMoved):  # says so already
        store.move(store.get(order_id), "requires_action", now, tell="action-needed")
    payments.waiting(order_id, task_token)
