"""What was told, in DynamoDB.

    O#<order id>   <message>#<version>[#<about>]#<channel>   where one telling stands; its key is why there is no second

Who sends has claimed it first, for longer than a function may run: of two at the same moment one does not send. A
telling whose outcome nobody knows (a crash or a silence while sending) is tried once more, and no third time: so there
is at most one extra copy, and what stays unknown goes to a person instead of being lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, cast

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.money import Money
from kit.table import Table, TableMeta
from notifications.preferences import Channel
from orders import Message as Template

UNKNOWN_OUTCOMES_MAX = 2
CLAIMED_FOR = timedelta(seconds=45)
"""Longer than a function sends (30 s), shorter than what failed waits in the queue (a minute)."""
State = Literal["sending", "sent", "refused", "suppressed"]
"""`refused`: no address, or one that is not accepted. `suppressed`: no longer true when its turn came."""
DONE: tuple[State, ...] = ("sent", "suppressed")


class Message(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What to tell about which order. `about` tells several of one kind apart, as refunds."""

    order_id: str
    message: Template
    version: str = "1"
    about: str = ""
    amount: Money | None = None

    @property
    def name(self) -> str:
        return "#".join(filter(None, (self.message, self.version, self.about)))


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """One message on one channel, and what became of it."""

    message: Template
    channel: Channel
    state: State
    at: datetime


class Done(Exception):
    """It was told, or had not to be."""


class OutcomeUnknown(Exception):
    """Somebody else sends it at this moment; or two tries to send ended in silence, and only a person can tell
    whether the message is there."""


class MailItem(Model):
    class Meta(TableMeta):
        table_name = Table("notifications")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    state = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    changed_at = UnicodeAttribute(attr_name="changedAt")
    claimed_until = UnicodeAttribute(attr_name="claimedUntil", null=True)


def state(message: Message, channel: Channel) -> State | None:
    """Where this telling stands; None before the first try."""
    try:
        return cast(State, MailItem.get(*_key(message, channel), consistent_read=True).state)
    except MailItem.DoesNotExist:
        return None


def claim(message: Message, channel: Channel, now: datetime) -> None:
    """Count a try IF it was neither sent nor suppressed, nobody is at it and fewer than two are open; otherwise
    Done, OutcomeUnknown.
    """
    idle = MailItem.claimed_until.does_not_exist() | (MailItem.claimed_until < rfc3339(now))
    try:
        MailItem(*_key(message, channel)).update(
            actions=[
                MailItem.state.set("sending"),
                MailItem.changed_at.set(rfc3339(now)),
                MailItem.claimed_until.set(rfc3339(now + CLAIMED_FOR)),
                MailItem.attempts.add(1),
            ],
            condition=MailItem.state.does_not_exist()
            | (MailItem.state.is_in("sending", "refused") & (MailItem.attempts < UNKNOWN_OUTCOMES_MAX) & idle),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise (Done if state(message, channel) in DONE else OutcomeUnknown) from error


def give_back(message: Message, channel: Channel) -> None:
    """It was certainly not sent: this try does not count."""
    MailItem(*_key(message, channel)).update(actions=[MailItem.attempts.add(-1), MailItem.claimed_until.remove()])


def settle(message: Message, channel: Channel, state: State, now: datetime) -> None:
    """Where it stands from now on."""
    MailItem(*_key(message, channel)).update(actions=[MailItem.state.set(state), MailItem.changed_at.set(rfc3339(now))])


def told_of(order_id: str) -> list[Told]:
    """Everything that was told about an order, or tried, in the order of time."""
    found = MailItem.query(f"O#{order_id}", consistent_read=True)
    all_of_it = [
        msgspec.convert(
            {
                "message": item.sk.partition("#")[0],
                "channel": item.sk.rpartition("#")[2],
                "state": item.state,
                "at": item.changed_at,
            },
            Told,
        )
        for item in found
    ]
    return sorted(all_of_it, key=lambda told: told.at)


def _key(message: Message, channel: Channel) -> tuple[str, str]:
    return f"O#{message.order_id}", f"{message.name}#{channel}"
