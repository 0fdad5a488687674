"""Refunds on record: asked for within what was captured, each by its own id, and brought to their end once."""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.money import Money
from kit.table import Table, TableMeta, Transaction
from kit.telemetry import count
from payments import ledger, outbox, store
from payments.payment import Payment, State
from payments.refunds import NothingCaptured, Refund, RefundState, RefundTooLarge, Returned
from payments.store import PaymentItem


class RefundItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    state = UnicodeAttribute()
    stripe_id = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    requested_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()


def request_refund(transaction: Transaction, payment: Payment, refund_id: str, amount: Money, now: datetime) -> Refund:
    """Add to the caller's transaction: so much of this payment is to be given back. Nothing is said to Stripe yet.

    Raises NothingCaptured, and RefundTooLarge at once or on commit; on commit also Moved where this refund was
    asked for before.
    """
    if not payment.is_captured:
        raise NothingCaptured
    if amount.currency != payment.amount.currency or not 0 < amount.amount <= payment.left.amount:
        raise RefundTooLarge(left=_document(payment.left))
    refund = Refund(payment.order_id, refund_id, amount, RefundState.REQUESTED)
    transaction.put(
        RefundItem(
            payment.order_id,
            _key(refund_id),
            amount=amount.amount,
            currency=amount.currency,
            state=refund.state,
            requested_at=rfc3339(now),
            changed_at=rfc3339(now),
        ),
        condition=RefundItem.pk.does_not_exist(),
        refused=store.Moved(),
    )
    store.post(transaction, payment.order_id, ledger.of_refund_request(refund), now)
    transaction.update(
        PaymentItem(payment.order_id),
        [
            PaymentItem.refunding.add(amount.amount),
            *store.listed_as(store.open_list(payment.order_id), now),
        ],
        condition=PaymentItem.refunding <= payment.amount.amount - amount.amount,
        refused=RefundTooLarge(left=_document(payment.left)),
    )
    return refund


def get_refund(order_id: str, refund_id: str) -> Refund | None:
    """A refund as it stands, strongly consistent."""
    try:
        return _refund(RefundItem.get(order_id, _key(refund_id), consistent_read=True))
    except RefundItem.DoesNotExist:
        return None


def refunds_of(order_id: str) -> list[Refund]:
    """The refunds of an order, strongly consistent."""
    items = RefundItem.query(order_id, RefundItem.sk.startswith("refund#"), consistent_read=True)
    return [_refund(item) for item in items]


def note_refund(payment: Payment, returned: Returned, now: datetime) -> Refund:
    """Bring the record to where Stripe's refund stands; one made at Stripe itself gets a record first.

    Raises RefundTooLarge where the two cannot both be true; Moved: do it again.
    """
    refund = get_refund(payment.order_id, returned.name)
    if refund is None:
        transaction = Transaction()
        refund = request_refund(transaction, payment, returned.name, returned.amount, now)
        transaction.commit()
        payment = store.require_payment(payment.order_id)
    if returned.state in (refund.state, RefundState.REQUESTED) or refund.state == RefundState.FAILED:
        return refund
    return end_refund(payment, refund, returned.state, now, stripe_id=returned.stripe_id, failure=returned.failure)


def end_refund(
    payment: Payment,
    refund: Refund,
    to: RefundState,
    now: datetime,
    *,
    stripe_id: str | None = None,
    failure: str | None = None,
) -> Refund:
    """Record a refund's end IF refund and payment are still as read; otherwise Moved."""
    amount = refund.amount.amount
    transaction = Transaction()
    store.post(transaction, payment.order_id, ledger.of_refund_end(refund, to), now)
    changes: list[Action] = [RefundItem.state.set(to), RefundItem.changed_at.set(rfc3339(now))]
    if stripe_id:
        changes.append(RefundItem.stripe_id.set(stripe_id))
    if failure:
        changes.append(RefundItem.failure.set(failure))
    transaction.update(
        RefundItem(payment.order_id, _key(refund.refund_id)),
        changes,
        condition=RefundItem.state == refund.state,
        refused=store.Moved(),
    )
    refunding, refunded = payment.refunding_minor, payment.refunded_minor
    if to == RefundState.SUCCEEDED:
        refunded += amount
    else:
        refunding -= amount
        refunded -= amount if refund.state == RefundState.SUCCEEDED else 0
    _move_payment(transaction, payment, refunding, refunded, now)
    news: outbox.News = "refunded" if to == RefundState.SUCCEEDED else "refund-failed"
    left = payment.amount.amount - refunded
    outbox.tell(transaction, payment.order_id, news, refund.refund_id, refund.amount, now, left=left)
    transaction.commit()
    if to == RefundState.FAILED:
        count("RefundFailed")
    return Refund(payment.order_id, refund.refund_id, refund.amount, to, stripe_id, failure)


def _move_payment(transaction: Transaction, payment: Payment, refunding: int, refunded: int, now: datetime) -> None:
    whole = refunded == payment.amount.amount
    changes: list[Action] = [
        PaymentItem.refunding.set(refunding),
        PaymentItem.refunded.set(refunded),
        PaymentItem.state.set(State.REFUNDED if whole else State.CAPTURED),
        PaymentItem.changed_at.set(rfc3339(now)),
    ]
    if refunding == refunded:
        changes += store.listed_as(store.day_list(payment.order_id, now), now)
    transaction.update(
        PaymentItem(payment.order_id),
        changes,
        condition=(PaymentItem.refunding == payment.refunding_minor) & (PaymentItem.refunded == payment.refunded_minor),
        refused=store.Moved(),
    )


def _key(refund_id: str) -> str:
    return f"refund#{refund_id}"


def _document(amount: Money) -> dict[str, object]:
    return {"amount": amount.amount, "currency": amount.currency}


def _refund(item: RefundItem) -> Refund:
    return Refund(
        order_id=item.pk,
        refund_id=item.sk.partition("#")[2],
        amount=Money(int(item.amount), item.currency),
        state=RefundState(item.state),
        stripe_id=item.stripe_id,
        failure=item.failure,
    )
