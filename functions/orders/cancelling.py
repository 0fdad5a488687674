"""What may be given back, until when, and what is paid back for it; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec

from catalog import Event
from kit import ids
from kit.clock import rfc3339
from kit.errors import Problem
from kit.money import Money
from orders.order import Cancellation, Cause, Order
from pricing import Fare


class CancellationRefused(Problem):
    """`refundPolicy` is the event's; without one, tickets are not taken back."""

    status, title = 409, "The event's refund policy does not allow this"


class OrderUnderWay(Problem):
    """Its purchase has not ended: ask again when it has."""

    status, title = 409, "This order is still being processed"


class NothingToCancel(Problem):
    """`orderStatus` says how the order ended; some tickets may have been given back before."""

    status, title = 409, "There is nothing of this kind left to give back"


class Terms(msgspec.Struct, frozen=True):
    """`free`: the event is cancelled or moved, and everything is given back."""

    free: bool
    fees_returned: bool


def terms_of(order: Order, event: Event, now: datetime) -> Terms:
    """On what terms tickets of this order are taken back now. Raises CancellationRefused."""
    if event.status == "cancelled" or _may_choose(order, event, now):
        return Terms(free=True, fees_returned=True)
    policy = event.refund_policy
    if policy is None:
        raise CancellationRefused(refundPolicy=None)
    until = event.starts_at - timedelta(hours=policy.until_hours_before_start)
    if now >= until:
        raise CancellationRefused(refundPolicy=msgspec.to_builtins(policy), until=rfc3339(until))
    return Terms(free=False, fees_returned=policy.fees_returned)


def check_open_to(order: Order, seat_ids: Collection[str]) -> None:
    """Raises OrderUnderWay, NothingToCancel."""
    if order.is_open:
        raise OrderUnderWay
    if order.status != "completed" or not seat_ids or not set(seat_ids) <= set(order.kept_seat_ids):
        raise NothingToCancel(orderStatus=order.status)


def cancellation_of(order: Order, seat_ids: Sequence[str], refund: Money, cause: Cause, now: datetime) -> Cancellation:
    """Named by what is given back, so that the same is never given back twice."""
    cancellation_id = ids.derived("can", order.order_id, *sorted(seat_ids))
    return Cancellation(cancellation_id, list(seat_ids), refund, cause, now)


def refund_due(order: Order, seat_ids: Collection[str], *, fees_returned: bool) -> Money:
    """What these seats are worth beside those given back before, so that all parts add up to the whole."""
    before = set(order.cancelled_seat_ids)
    worth, worth_before = (_worth(order.fare, seats, fees_returned) for seats in (before | set(seat_ids), before))
    return worth - worth_before


def _worth(fare: Fare, seat_ids: Collection[str], fees_returned: bool) -> Money:
    """A share of what was paid: by face value, or by the head where all was free but the fees."""
    faces = [line.face_value.amount for line in fare.lines]
    theirs = [line.face_value.amount for line in fare.lines if line.seat_id in seat_ids]
    whole = fare.total.amount
    if not fees_returned:
        fees = sum(fee.amount.amount for fee in fare.fees)
        on_top = fare.tax.amount.amount if fare.tax and not fare.tax.included else 0
        whole -= fees + (on_top * fees // (sum(faces) + fees) if on_top else 0)
    part, of = (sum(theirs), sum(faces)) if sum(faces) else (len(theirs), len(faces))
    return Money(whole * part // of, fare.currency)


def bought_for_another_date(order: Order, event: Event) -> bool:
    """Whether the event was moved after this order: who ordered later knew the date."""
    return event.moved is not None and order.created_at < event.moved.moved_at


def _may_choose(order: Order, event: Event, now: datetime) -> bool:
    return event.moved is not None and bought_for_another_date(order, event) and now < event.moved.keep_until
