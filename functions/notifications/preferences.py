"""How a person wants to be told what, in DynamoDB.

P#<person id>   PREFERENCES   channels for each kind of message, and a phone number
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit.decode import END
from kit.errors import Problem
from kit.table import Table, TableMeta

PREFERENCES = "PREFERENCES"
Channel = Literal["mail", "sms", "push"]
Kind = Literal["orders", "action", "events"]
KIND: dict[str, Kind] = {
    "order-completed": "orders",
    "order-failed": "orders",
    "order-refunded": "orders",
    "order-cancelled": "orders",
    "action-needed": "action",
    "review-waiting": "action",
    "event-cancelled": "events",
    "event-moved": "events",
}
"""`orders`: how one's orders end, and refunds. `action`: what cannot wait. `events`: cancelled or moved."""

Phone = Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{6,14}" + END, description="E.164")]
Channels = Annotated[list[Channel], msgspec.Meta(min_length=1, max_length=3)]


class PhoneMissing(Problem):
    """`sms` is among the channels, and there is no number to send to."""

    status, title = 422, "Text messages need a phone number"


class Preferences(msgspec.Struct, frozen=True, rename="camel"):
    """At least one channel for each kind: nobody is left untold about their money."""

    orders: Channels = msgspec.field(default_factory=lambda: ["mail"])
    action: Channels = msgspec.field(default_factory=lambda: ["mail"])
    events: Channels = msgspec.field(default_factory=lambda: ["mail"])
    phone: Phone | None = None

    def channels(self, message: str) -> list[Channel]:
        """Where a message goes."""
        wanted: list[Channel] = getattr(self, KIND[message])
        return list(dict.fromkeys(wanted))


class PreferencesItem(Model):
    class Meta(TableMeta):
        table_name = Table("notifications")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=PREFERENCES)
    wanted = JSONAttribute()


def of(person_id: str) -> Preferences:
    """Mail for everything, unless the person has said otherwise."""
    try:
        item = PreferencesItem.get(f"P#{person_id}", PREFERENCES, consistent_read=True)
    except PreferencesItem.DoesNotExist:
        return Preferences()
    return msgspec.convert(item.wanted, Preferences)


def put(person_id: str, wanted: Preferences) -> None:
    """Raises PhoneMissing."""
    if wanted.phone is None and "sms" in (*wanted.orders, *wanted.action, *wanted.events):
        raise PhoneMissing
    PreferencesItem(f"P#{person_id}", PREFERENCES, wanted=msgspec.to_builtins(wanted)).save()
