"""What others must hear of a payment: written with the change itself, carried on by the table's stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.money import Money
from kit.table import Table, TableMeta, Transaction

KEPT = timedelta(days=90)

News = Literal[
    "refunded",
    "refund-failed",
    "dispute-opened",
    "dispute-won",
    "dispute-lost",
    "fraud-warned",
]
"""`refunded`: the refund named by `about` has reached the buyer. `dispute-…`: the buyer's bank takes the money
back, for now or for good, or has returned it. `fraud-warned`: the card's issuer says that its owner did not buy."""


class NewsItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    order_id = UnicodeAttribute(attr_name="orderId")
    news = UnicodeAttribute()
    about = UnicodeAttribute()
    amount = NumberAttribute()
    currency = UnicodeAttribute()
    left = NumberAttribute()
    created_at = UnicodeAttribute(attr_name="createdAt")
    expires = NumberAttribute()


def tell(
    transaction: Transaction, order_id: str, news: News, about: str, amount: Money, now: datetime, *, left: int
) -> None:
    """Add to a transaction the news about a refund, a dispute or a warning of this id.

    `left` is what was taken and is not given back after it, in minor units.
    """
    transaction.put(
        NewsItem(
            order_id,
            f"outbox#{news}#{about}",
            order_id=order_id,
            news=news,
            about=about,
            amount=amount.amount,
            currency=amount.currency,
            left=left,
            created_at=rfc3339(now),
            expires=int((now + KEPT).timestamp()),
        )
    )
