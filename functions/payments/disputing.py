"""Disputes on record: how each stands, what it did to the books, and what is known that may answer it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.money import Money
from kit.table import Table, TableMeta, Transaction
from payments import outbox, store
from payments.disputes import COMES_FROM, Dispute, Standing
from payments.outbox import News
from payments.payment import Payment

NEWS: dict[Standing, News] = {
    Standing.OPEN: "dispute-opened",
    Standing.WON: "dispute-won",
    Standing.LOST: "dispute-lost",
}
"""An inquiry takes nothing: nobody but the operator has to know."""


Checks = dict[str, str | None]


class DisputeItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    standing = UnicodeAttribute()
    reason = UnicodeAttribute()
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    due_by = UnicodeAttribute(null=True)
    evidence = JSONAttribute()
    noted_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()


class RecordedDispute(msgspec.Struct, frozen=True):
    """`evidence` is what was known of the payment when the dispute came."""

    dispute_id: str
    standing: Standing
    reason: str
    amount: Money
    evidence: dict[str, str | int | None]


def note_dispute(payment: Payment, dispute: Dispute, checks: Checks, now: datetime) -> bool:
    """Bring the record to what Stripe says, forward only; False where that was known already.

    `checks` are what the card's issuer had checked: they stay with the dispute, as evidence.
    Raises Moved when somebody else notes it at the same time: do it again.
    """
    on_record = _find(payment.order_id, dispute.dispute_id)
    posted = {entry.name for entry in store.entries_of(payment.order_id)}
    missing = [entry for entry in dispute.entries() if entry.name not in posted]
    news = dispute.standing if _is_news(on_record, dispute.standing) else None
    if not (news or missing):
        return False
    transaction = Transaction()
    for entry in missing:
        store.post(transaction, payment.order_id, entry, now)
    if on_record is None:
        item = _item(payment, dispute, checks, now)
        transaction.put(item, condition=DisputeItem.pk.does_not_exist(), refused=store.Moved())
    elif news:
        transaction.update(
            DisputeItem(payment.order_id, on_record.sk),
            [DisputeItem.standing.set(news), DisputeItem.changed_at.set(rfc3339(now))],
            condition=DisputeItem.standing == on_record.standing,
            refused=store.Moved(),
        )
    if news in NEWS:
        told = (NEWS[news], dispute.dispute_id, dispute.amount)
        outbox.tell(transaction, payment.order_id, *told, now, left=payment.kept_minor)
    transaction.commit()
    return True


def disputes_of(order_id: str) -> list[RecordedDispute]:
    """The disputes of an order, strongly consistent."""
    items = DisputeItem.query(order_id, DisputeItem.sk.startswith("dispute#"), consistent_read=True)
    return [
        RecordedDispute(
            dispute_id=item.sk.partition("#")[2],
            standing=Standing(item.standing),
            reason=item.reason,
            amount=Money(int(item.amount), item.currency),
            evidence=item.evidence,
        )
        for item in items
    ]


def _is_news(on_record: DisputeItem | None, standing: Standing) -> bool:
    return on_record is None or on_record.standing in COMES_FROM[standing]


def _find(order_id: str, dispute_id: str) -> DisputeItem | None:
    try:
        return DisputeItem.get(order_id, f"dispute#{dispute_id}", consistent_read=True)
    except DisputeItem.DoesNotExist:
        return None


def _item(payment: Payment, dispute: Dispute, checks: Checks, now: datetime) -> DisputeItem:
    history = {f"{name}At": at for name, at in store.history_of(payment.order_id).items()}
    return DisputeItem(
        payment.order_id,
        f"dispute#{dispute.dispute_id}",
        standing=dispute.standing,
        reason=dispute.reason,
        amount=dispute.amount.amount,
        currency=dispute.amount.currency,
        due_by=rfc3339(datetime.fromtimestamp(dispute.due_by, UTC)) if dispute.due_by else None,
        evidence=history | {"refundedMinor": payment.refunded_minor} | checks,
        noted_at=rfc3339(now),
        changed_at=rfc3339(now),
    )
