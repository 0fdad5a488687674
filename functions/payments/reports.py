"""What reconciling found, and how far it has come, in the payments table.

pk               sk               what
reconciliation   mark             until when both sides were compared
reconciliation   report#<until>   what one run found
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.table import Table, TableMeta

PK = "reconciliation"
KEPT = timedelta(days=400)
"""Longer than an auditor's year."""


class Difference(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What our books and Stripe's disagree on, in minor units: a total of `ledger.Totals`, or a whole charge."""

    order_id: str
    what: str
    ours_minor: int
    theirs_minor: int
    charge_id: str | None = None


class Report(msgspec.Struct, frozen=True, rename="camel"):
    """`until` is how far the run came; without `complete`, the next one goes on from there."""

    since: datetime
    until: datetime
    complete: bool
    orders: int
    differences: list[Difference]


class MarkItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    at = UnicodeAttribute()


class ReportItem(Model):
    class Meta(TableMeta):
        table_name = Table("payments")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    report = JSONAttribute()
    expires = NumberAttribute()


def mark() -> datetime | None:
    """Until when both sides were compared by the schedule; None before its first run."""
    try:
        return datetime.fromisoformat(MarkItem.get(PK, "mark", consistent_read=True).at)
    except MarkItem.DoesNotExist:
        return None


def set_mark(at: datetime) -> None:
    MarkItem(PK, "mark", at=rfc3339(at)).save()


def keep(report: Report, now: datetime) -> None:
    """For whoever asks later what was found."""
    ReportItem(
        PK,
        f"report#{rfc3339(report.until)}#{rfc3339(now)}",
        report=msgspec.to_builtins(report),
        expires=int((now + KEPT).timestamp()),
    ).save()
