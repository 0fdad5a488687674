"""After a sale on the running product, our books and Stripe's agree; and do not, once somebody refunds in between."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from infra.reconcile import reconcile
from local.run import RunningBoxoffice
from tests.journeys.evenings import copy_of
from tests.journeys.test_buying import Shopper, shopper


def test_the_books_agree_until_somebody_touches_them(site: RunningBoxoffice) -> None:
    standin = site.stripe.standin
    if standin is None:
        pytest.skip("these books are Stripe's own")
    evening = copy_of(site, "The Debt of Hours", "Books in balance")
    order = asyncio.run(_bought(site, evening))
    assert _report(site)["differences"] == []
    standin.ask("webhooks", {"drop_next": 100})  # word of the refund is lost
    try:
        _refund_at_stripe(standin.url, order["orderId"], 100)
    finally:
        standin.ask("webhooks", {"drop_next": 0})
    report = _report(site)
    assert [(one["orderId"], one["what"], one["theirsMinor"]) for one in report["differences"]] == [
        (order["orderId"], "refunded", 100)
    ]
    assert report["orders"] >= 1 and report["complete"]


async def _bought(site: RunningBoxoffice, evening: str) -> Any:
    async with shopper(site, evening) as ada:
        return await _completed(ada)


async def _completed(ada: Shopper) -> Any:
    order = await ada.ended(await ada.order())
    assert order["status"] == "completed"
    return order


def _refund_at_stripe(address: str, order_id: str, amount: int) -> None:
    client = stripe.StripeClient("sk_test_somebody", base_addresses={"api": address})
    [charge] = client.v1.charges.list({"transfer_group": order_id}).data
    client.v1.refunds.create({"charge": charge.id, "amount": amount})


def _report(site: RunningBoxoffice) -> Any:
    account = dict(site.cloud.credentials)
    return reconcile(account, timedelta(hours=1), datetime.now(UTC) + timedelta(seconds=1))
