"""RefundPayment: of what was taken for the order, a part or all that is left goes back to the buyer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from kit.money import Money
from kit.step import step
from kit.table import Transaction
from payments import gateway, store
from payments.payment import AnswerLost, OutcomeUnknown, Payment
from payments.refunding import end_refund, get_refund, note_refund, request_refund
from payments.refunds import WHOLE, NothingCaptured, Refund, RefundRefused, RefundState, Returned


class Refunding(msgspec.Struct, frozen=True, rename="camel"):
    """`refund_id` names the refund for good. Without an `amount`: what was requested under it, or all that is left."""

    order_id: str
    refund_id: str = WHOLE
    amount: Money | None = None


@step
def handler(wanted: Refunding, now: datetime) -> dict[str, Any]:
    refund = refund_payment(wanted.order_id, wanted.refund_id, wanted.amount, now)
    return {"state": refund.state if refund else None}


def refund_payment(order_id: str, refund_id: str, amount: Money | None, now: datetime) -> Refund | None:
    """Give money back; a repeat finds what the first try did. None where all was given back already, also by hand
    after this refund was refused.

    A refund that is still on its way to the buyer's bank answers `requested`; the webhook tells its end.
    Raises NothingCaptured, RefundTooLarge, RefundRefused; OutcomeUnknown: run it again, it asks before it gives.
    """
    refund = get_refund(order_id, refund_id)
    payment = store.get_payment(order_id)
    if payment is None:
        raise NothingCaptured
    asked_before = refund is not None
    if (refund is None or refund.state == RefundState.FAILED) and amount is None and _is_back(payment):
        return None
    if refund is None:
        refund, payment = _request(payment, refund_id, amount or payment.left, now)
    if refund.state == RefundState.SUCCEEDED:
        return refund
    if refund.state == RefundState.FAILED:
        raise RefundRefused(refund.failure or "")
    return _settle(payment, refund, asked_before, now)


def _is_back(payment: Payment) -> bool:
    """All was given back already, under whatever name."""
    return payment.is_captured and payment.left.amount == 0


def _request(payment: Payment, refund_id: str, amount: Money, now: datetime) -> tuple[Refund, Payment]:
    transaction = Transaction()
    refund = request_refund(transaction, payment, refund_id, amount, now)
    try:
        transaction.commit()
    except store.Moved as moved:
        raise OutcomeUnknown from moved
    return refund, store.require_payment(payment.order_id)


def _settle(payment: Payment, refund: Refund, asked_before: bool, now: datetime) -> Refund:
    try:
        returned = give(payment, refund, asked_before)
        refund = note_refund(payment, returned, now)
    except RefundRefused as refused:
        end_refund(payment, refund, RefundState.FAILED, now, failure=refused.detail)
        raise
    except store.Moved as moved:
        raise OutcomeUnknown from moved
    if refund.state == RefundState.FAILED:
        raise RefundRefused(refund.failure or "")
    return refund


def give(payment: Payment, refund: Refund, asked_before: bool) -> Returned:
    """Without a record: ask Stripe for it, but first, whenever it may have been asked before, look whether it is there.

    A key is forgotten after a day, and one that stored a 5xx tells nothing: the list of refunds always knows.
    """
    found = gateway.find_refund(payment, refund) if asked_before else None
    if found:
        return found
    try:
        return gateway.refund(payment, refund)
    except AnswerLost:
        return gateway.find_refund(payment, refund) or gateway.refund(payment, refund, again=True)
