"""Stripe's side of the books: what it says it holds, has taken and has given back for each order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from payments import gateway
from payments.ledger import Totals
from payments.payment import Fee

CHARGE_ENTRY = "balance_transaction"
LATER_ENTRIES = ("refund", "refund_failure", "adjustment")
"""Movements of Stripe's balance that may come long after the charge: refunds, those sent back, disputes."""


class Charge(msgspec.Struct, frozen=True):
    """A charge as it stands now. `order_id` is what it names, `is_ours` whether it has both of our marks."""

    charge_id: str
    intent_id: str | None
    order_id: str | None
    is_ours: bool
    currency: str
    totals: Totals
    fee: Fee | None


def moved(since: datetime, until: datetime) -> Iterator[Charge]:
    """The charges that were made then, or whose money moved then."""
    window = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    client = gateway.client().v1
    made = _pages(client.charges, {"created": window, "expand": [f"data.{CHARGE_ENTRY}"]})
    later = (
        getattr(entry.source, "charge", None)
        for kind in LATER_ENTRIES
        for entry in _pages(
            client.balance_transactions,
            {"created": window, "type": kind, "expand": [f"data.source.charge.{CHARGE_ENTRY}"]},
        )
    )
    seen: set[str] = set()
    for charge in chain(made, later):
        if charge is not None and charge.id not in seen:
            seen.add(charge.id)
            yield _charge(charge)


def of_order(order_id: str) -> list[Charge]:
    """All charges that name this order. This list is never behind."""
    wanted = {"transfer_group": order_id, "expand": [f"data.{CHARGE_ENTRY}"]}
    return [_charge(charge) for charge in _pages(gateway.client().v1.charges, wanted)]


def _pages(service: Any, params: dict[str, Any]) -> Iterator[Any]:
    with gateway.answers():
        yield from service.list({**params, "limit": 100}).auto_paging_iter()


def _charge(charge: Any) -> Charge:
    succeeded = charge.status == "succeeded"
    taken = charge.amount_captured if succeeded else 0
    order_id = (charge.metadata.to_dict() if charge.metadata else {}).get("order_id")
    return Charge(
        charge_id=charge.id,
        intent_id=charge.payment_intent,
        order_id=order_id,
        is_ours=order_id is not None and charge.transfer_group == order_id,
        currency=charge.currency.upper(),
        totals=Totals(
            held=charge.amount if succeeded and not charge.captured and not charge.refunded else 0,
            captured=taken,
            refunded=charge.amount_refunded - (charge.amount - taken) if taken else 0,
            disputed=_withdrawn(charge.id) if charge.disputed else 0,
        ),
        fee=gateway.fee_of(charge),
    )


def _withdrawn(charge_id: str) -> int:
    """What disputes have taken of a charge and not brought back."""
    disputes = list(_pages(gateway.client().v1.disputes, {"charge": charge_id}))
    return sum(
        dispute.amount if entry.amount < 0 else -dispute.amount
        for dispute in disputes
        for entry in dispute.balance_transactions
    )
