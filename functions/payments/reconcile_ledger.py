"""Every hour: our books of what moved since the last time, compared with Stripe's, order by order.

By hand: `make reconcile`. A difference that is still there on a second look is reported, counted and alarmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec

from kit import clock
from kit.telemetry import count, log, metrics
from payments import ledger, reports, statement, store
from payments.ledger import Entry, Totals
from payments.payment import Payment
from payments.reports import Difference, Report
from payments.statement import Charge

SETTLED_AFTER = timedelta(minutes=30)
"""By then the purchase that moved the money has ended, one way or the other."""
FIRST_LOOK = timedelta(days=1)
SLICE = timedelta(hours=1)
NEEDED_MS = 120_000
"""A slice is not begun with less time than this left."""


class Asked(msgspec.Struct, frozen=True):
    """A time to look at again, asked for by hand; without it, what nobody has looked at yet."""

    since: datetime | None = None
    until: datetime | None = None


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    asked = msgspec.convert(event, Asked)

    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() > NEEDED_MS)

    return msgspec.to_builtins(reconcile_ledger(asked, clock.now(), has_time))


def reconcile_ledger(asked: Asked, now: datetime, has_time: Callable[[], bool]) -> Report:
    """Compare what moved in a time, hour by hour; the report says how far it came."""
    until = asked.until or now - SETTLED_AFTER
    since = at = asked.since or reports.mark() or until - FIRST_LOOK
    compared, differences = 0, list[Difference]()
    while at < until and has_time():
        end = min(at + SLICE, until)
        found = _reconcile(at, end, now)
        compared += len(found)
        differences.extend(chain.from_iterable(found.values()))
        at = end
        if asked.since is None:
            reports.set_mark(at)
    report = Report(since, at, at >= until, compared, differences)
    reports.keep(report, now)
    count("LedgerDifferences", len(differences))
    for difference in differences:
        log.error("the ledger differs", extra={"difference": msgspec.to_builtins(difference)})
    return report


def _reconcile(since: datetime, until: datetime, now: datetime) -> dict[str, list[Difference]]:
    """The differences of every order whose money moved then, on either side."""
    theirs: dict[str, list[Charge]] = defaultdict(list)
    for charge in statement.moved(since, until):
        if charge.is_ours:
            theirs[str(charge.order_id)].append(charge)
    orders = theirs.keys() | set(store.list_moved(since, until))
    return {order_id: _check(order_id, theirs.get(order_id), now) for order_id in sorted(orders)}


def _check(order_id: str, charges: list[Charge] | None, now: datetime) -> list[Difference]:
    """Compare one order; before it is called different, both sides are read again."""
    if charges is not None and not _compare(order_id, charges, now):
        return []
    return _compare(order_id, statement.of_order(order_id), now)


def _compare(order_id: str, charges: Iterable[Charge], now: datetime) -> list[Difference]:
    payment, entries = store.get_payment(order_id), store.entries_of(order_id)
    if payment and payment.is_open:
        return []  # it moves this moment; it is looked at once it has settled
    theirs = [charge for charge in charges if charge.totals != Totals()]
    if payment:
        _learn_fees(payment, entries, theirs, now)
    return differences_of(order_id, payment, ledger.totals(entries), theirs)


def differences_of(order_id: str, payment: Payment | None, ours: Totals, charges: list[Charge]) -> list[Difference]:
    """What the two sides do not agree on; pure."""
    strangers = [charge for charge in charges if payment is None or not _belongs(payment, charge)]
    found = [Difference(order_id, "foreign-charge", 0, one.totals.captured, one.charge_id) for one in strangers]
    for name in Totals.__struct_fields__:
        theirs = sum(getattr(charge.totals, name) for charge in charges if charge not in strangers)
        if getattr(ours, name) != theirs:
            found.append(Difference(order_id, name, getattr(ours, name), theirs))
    return found


def _belongs(payment: Payment, charge: Charge) -> bool:
    return charge.intent_id == payment.intent_id and charge.currency == payment.amount.currency


def _learn_fees(payment: Payment, entries: list[Entry], charges: list[Charge], now: datetime) -> None:
    """Stripe alone knows its fees: one that the capture did not tell is entered now."""
    known = {entry.name for entry in entries}
    for charge in charges:
        if charge.fee and (entry := ledger.of_fee(charge.fee)).name not in known and _belongs(payment, charge):
            store.learn(payment.order_id, entry, now)
