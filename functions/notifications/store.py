"""What was told, in DynamoDB.

    O#<order id>   <message>#<version>   where one mail stands; its key is why there is no second one

A mail whose outcome nobody knows (a crash or a silence while sending) is tried once more, and no third time:
so there is at most one extra copy, and what stays unknown goes to a person instead of being lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model

from kit.clock import rfc3339
from kit.table import Table, TableMeta

UNKNOWN_OUTCOMES_MAX = 2
State = Literal["sending", "sent", "refused", "suppressed"]
"""`refused`: no address, or one that mail is not accepted for. `suppressed`: no longer true when its turn came."""


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """An item of the orders' outbox: what to tell about which order, to whom."""

    order_id: str
    person_id: str
    message: Literal["order-completed", "order-failed"]
    version: str


class OutcomeUnknown(Exception):
    """Two tries to send ended in silence: only a person can tell whether the mail is there."""


class MailItem(Model):
    class Meta(TableMeta):
        table_name = Table("notifications")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    person_id = UnicodeAttribute(attr_name="personId")
    state = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    changed_at = UnicodeAttribute(attr_name="changedAt")


def state(message: Message) -> State | None:
    """Where this mail stands; None before the first try."""
    try:
        return cast(State, MailItem.get(*_key(message), consistent_read=True).state)
    except MailItem.DoesNotExist:
        return None


def claim(message: Message, now: datetime) -> None:
    """Count a try IF none was settled and fewer than two are open. Raises OutcomeUnknown otherwise."""
    try:
        MailItem(*_key(message)).update(
            actions=[
                MailItem.person_id.set(message.person_id),
                MailItem.state.set("sending"),
                MailItem.changed_at.set(rfc3339(now)),
                MailItem.attempts.add(1),
            ],
            condition=MailItem.state.does_not_exist()
            | ((MailItem.state == "sending") & (MailItem.attempts < UNKNOWN_OUTCOMES_MAX)),
        )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise OutcomeUnknown from error
        raise


def give_back(message: Message) -> None:
    """The mail was certainly not sent: this try does not count."""
    MailItem(*_key(message)).update(actions=[MailItem.attempts.add(-1)])


def settle(message: Message, state: State, now: datetime) -> None:
    """Where it stands for good."""
    MailItem(*_key(message)).update(
        actions=[
            MailItem.person_id.set(message.person_id),
            MailItem.state.set(state),
            MailItem.changed_at.set(rfc3339(now)),
        ]
    )


def _key(message: Message) -> tuple[str, str]:
    return f"O#{message.order_id}", f"{message.message}#{message.version}"
