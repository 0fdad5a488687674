"""Telling a buyer something: on the channels they chose, each once, if it is still true."""

from __future__ import annotations

from datetime import datetime

from botocore.exceptions import HTTPClientError

import accounts
from catalog import get_event
from kit import settings
from kit.errors import NotFound
from kit.telemetry import count
from notifications import letters, mail, preferences, push, sms, store
from notifications.preferences import Channel
from notifications.sending import Letter, Postponed, Refused, Uncertain
from notifications.store import Message
from orders import Status, get_order

TRUE_WHILE: dict[str, Status] = {
    "order-completed": "completed",
    "order-failed": "failed",
    "action-needed": "requires_action",
    "review-waiting": "in_review",
    "event-moved": "completed",
}
"""A message whose order has moved on since would tell something that is not so any more; others stay true."""


def send_message(message: Message, now: datetime) -> None:
    """Send it on every channel on which it was not, or note that it is no longer true.

    Who is reached on no channel of theirs gets a mail. Raises the trouble of the first channel that had one:
    Refused, Postponed, OutcomeUnknown, or whatever left the outcome unknown.
    """
    order = get_order(message.order_id)
    wanted = preferences.of(order.person_id)
    channels = wanted.channels(message.message)
    if order.status != TRUE_WHILE.get(message.message, order.status):
        for channel in channels:
            if store.state(message, channel) not in store.DONE:
                store.settle(message, channel, "suppressed", now)
        return
    name, address = _contact(order.person_id)
    letter = letters.write(message, order, get_event(order.event_id), name, settings.parameter("PARAM_SITE_URL"))
    addresses: dict[Channel, str | None] = {"mail": address, "sms": wanted.phone, "push": order.person_id}
    troubles = {channel: _tell(message, channel, addresses[channel], letter, now) for channel in channels}
    if "mail" not in channels and all(isinstance(trouble, Refused) for trouble in troubles.values()):
        troubles["mail"] = _tell(message, "mail", addresses["mail"], letter, now)
    if isinstance(troubles.get("push"), Refused):
        del troubles["push"]  # browsers come and go: nobody has to look into that
    for trouble in filter(None, troubles.values()):
        raise trouble


def _contact(person_id: str) -> tuple[str, str | None]:
    """Name and address; no address for who is gone or never confirmed one."""
    try:
        person = accounts.contact(person_id)
    except NotFound:
        return "", None
    return person.name, person.email


def _tell(message: Message, channel: Channel, address: str | None, letter: Letter, now: datetime) -> Exception | None:
    """Answers what kept it from being sent, so that one channel's trouble is not another's."""
    try:
        store.claim(message, channel, now)
        _hand_over(message, channel, address, letter, now)
    except store.Done:
        return None
    except Postponed as trouble:
        store.give_back(message, channel)
        return trouble
    except Refused as trouble:
        store.give_back(message, channel)
        store.settle(message, channel, "refused", now)
        count("MessagesRefused")
        return trouble
    except (store.OutcomeUnknown, Uncertain, HTTPClientError) as trouble:
        return trouble
    store.settle(message, channel, "sent", now)
    count("MessagesSent")
    return None


def _hand_over(message: Message, channel: Channel, address: str | None, letter: Letter, now: datetime) -> None:
    """Raises Refused, Postponed; whatever else happens leaves the outcome unknown."""
    if address is None:
        raise Refused(channel)
    if channel == "mail":
        mail.send(address, letter, message.message)
    elif channel == "sms":
        sms.send(address, letter)
    else:
        push.send(address, letter, f"{message.order_id}#{message.name}", now)
