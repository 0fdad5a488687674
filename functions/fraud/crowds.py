"""Accounts that crowd on one device or one address before a sale: what is thought of them, decided before the draw.

A device is a browser, an address a network: a family shares the first, a university or a mobile carrier the second.
So many accounts on a device are kept out; an address alone never keeps anybody out. What is not known never speaks
for an entry. Only hashes come here, keyed and of one event: they name nobody, and are forgotten with it.

    CROWD#<event>#<kind>#<hash>    CROWD
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, cast

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit.table import Table, TableMeta

Entry = Literal["allow", "challenge", "exclude"]
GRAVITY: tuple[Entry, ...] = ("allow", "challenge", "exclude")
CROWD = "CROWD"
KEPT = timedelta(days=30)


class Threshold(NamedTuple):
    kind: str
    accounts: int
    entry: Entry


THRESHOLDS = (
    Threshold("device", 3, "challenge"),
    Threshold("device", 10, "exclude"),
    Threshold("address", 20, "challenge"),
)
UNKNOWN: Entry = "challenge"


class CrowdItem(Model):
    class Meta(TableMeta):
        table_name = Table("fraud")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    entry = UnicodeAttribute()
    accounts = NumberAttribute()
    expires = TTLAttribute()


def think_of(kind: str, accounts: int) -> Entry:
    """The gravest answer that so many accounts reach."""
    reached = [each.entry for each in THRESHOLDS if each.kind == kind and accounts >= each.accounts]
    return max(reached, key=GRAVITY.index, default="allow")


def report_crowds(
    event_id: str, *, devices: Mapping[str, int], addresses: Mapping[str, int], now: datetime
) -> dict[Entry, int]:
    """Keep what stands out; how many of each answer. The same again changes nothing."""
    found: dict[Entry, int] = dict.fromkeys(GRAVITY, 0)
    with CrowdItem.batch_write() as batch:
        for kind, counts in (("device", devices), ("address", addresses)):
            for name, accounts in counts.items():
                entry = think_of(kind, accounts)
                if entry == "allow":
                    continue
                found[entry] += 1
                pk = _pk(event_id, kind, name)
                batch.save(CrowdItem(pk, CROWD, entry=entry, accounts=accounts, expires=now + KEPT))
    return found


def judge_entry(event_id: str, *, device: str, address: str) -> Entry:
    """What to do with somebody who came from there."""
    if not device or not address:
        return UNKNOWN
    keys = [(_pk(event_id, "device", device), CROWD), (_pk(event_id, "address", address), CROWD)]
    found: list[Entry] = [cast(Entry, item.entry) for item in CrowdItem.batch_get(keys)]
    return max(found, key=GRAVITY.index, default="allow")


def _pk(event_id: str, kind: str, name: str) -> str:
    return f"CROWD#{event_id}#{kind}#{name}"
