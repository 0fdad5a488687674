"""The wait for the buyer's bank: who waits, what the buyer has to do, and going on once the bank has answered."""

from __future__ import annotations

import json

import msgspec
from pynamodb.exceptions import UpdateError

from kit import settings
from payments import store
from payments.payment import AlreadyAuthorized, Payment, PaymentClosed, State, declined
from payments.store import PAYMENT, PaymentItem


class NextAction(msgspec.Struct, frozen=True, rename="camel"):
    """What Stripe's script needs to show the bank's page. For the buyer alone: never log it."""

    client_secret: str


def next_action(order_id: str) -> NextAction | None:
    """What the buyer has to do now, if anything. The caller knows that it is the buyer who asks."""
    try:
        item = PaymentItem.get(order_id, PAYMENT, consistent_read=True)
    except PaymentItem.DoesNotExist:
        return None
    return NextAction(item.client_secret) if item.client_secret else None


def waiting(order_id: str, task_token: str) -> None:
    """A purchase waits for the bank's answer; whatever brings it sends this task on. The latest token counts.

    Raises, where the answer is there already, what it would have been told: AlreadyAuthorized, CardDeclined,
    AuthenticationFailed, PaymentClosed.
    """
    try:
        PaymentItem(order_id).update(
            [PaymentItem.task_token.set(task_token)], condition=PaymentItem.state == State.REQUIRES_ACTION
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise _answer(store.get_payment(order_id)) from error


def resume(order_id: str) -> None:
    """Send on whoever waits, if the bank has answered. Again, it finds nobody waiting."""
    item = PaymentItem.get(order_id, PAYMENT, consistent_read=True)
    if item.task_token is None or item.state == State.REQUIRES_ACTION:
        return
    _tell(item.task_token, _answer(store.get_payment(order_id)))
    PaymentItem(order_id).update([PaymentItem.task_token.remove()])


def _answer(payment: Payment | None) -> Exception:
    if payment is None or payment.state == State.VOIDED:
        return PaymentClosed()
    if payment.state == State.FAILED:
        return declined(payment.decline_code)
    return AlreadyAuthorized()


def _tell(task_token: str, answer: Exception) -> None:
    """One that waits no longer (timed out, stopped) needs no telling."""
    client = settings.client("stepfunctions")
    gone = client.exceptions
    try:
        if isinstance(answer, AlreadyAuthorized):
            client.send_task_success(taskToken=task_token, output="{}")
        else:
            cause = json.dumps({"errorMessage": str(answer)})
            client.send_task_failure(taskToken=task_token, error=type(answer).__name__, cause=cause)
    except (gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken):
        return
