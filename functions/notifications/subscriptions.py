"""Browsers that a person's messages are pushed to, in DynamoDB.

P#<person id>   PUSH#<subscription id>   where its push service answers, and the keys it reads with

The id is made from the address, so that a browser that registers again is still one.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from kit import ids, settings
from kit.clock import rfc3339
from kit.decode import END
from kit.errors import Problem
from kit.table import Table, TableMeta
from notifications import webpush

PUSH = "PUSH#"
BROWSERS_MAX = 10
FORGOTTEN_FOR = timedelta(days=1)

Endpoint = Annotated[str, msgspec.Meta(max_length=1024, pattern=r"^https?://[A-Za-z0-9.:-]+/[!-~]+" + END)]
Key = Annotated[str, msgspec.Meta(max_length=100, pattern="^[A-Za-z0-9_-]+" + END)]


class InvalidSubscription(Problem):
    """`endpoint` is of no push service that we know, or `keys` are no browser's."""

    status, title = 422, "This is no browser's subscription"


class Keys(msgspec.Struct, frozen=True, rename="camel"):
    """As the browser gave them: its public key, and a secret that it shares with its senders."""

    p256dh: Key
    auth: Key


class NewSubscription(msgspec.Struct, frozen=True, rename="camel"):
    """What `PushSubscription.toJSON()` says, and what to call the browser."""

    endpoint: Endpoint
    keys: Keys
    label: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Subscription(NewSubscription, frozen=True, rename="camel", kw_only=True):
    subscription_id: str
    added_at: datetime


class SubscriptionItem(Model):
    class Meta(TableMeta):
        table_name = Table("notifications")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    endpoint = UnicodeAttribute(null=True)
    p256dh = UnicodeAttribute(null=True)
    auth = UnicodeAttribute(null=True)
    label = UnicodeAttribute(null=True)
    added_at = UnicodeAttribute(attr_name="addedAt")
    expires = NumberAttribute(null=True)


def add(person_id: str, new: NewSubscription, now: datetime) -> Subscription:
    """Register a browser, again or for the first time; beyond ten the oldest is forgotten.

    Raises InvalidSubscription: we post to known push services alone, never to where somebody points us.
    """
    if not _is_known(new.endpoint) or not webpush.are_keys(new.keys.p256dh, new.keys.auth):
        raise InvalidSubscription
    subscription_id = ids.derived("psh", person_id, new.endpoint)
    SubscriptionItem(
        f"P#{person_id}",
        PUSH + subscription_id,
        endpoint=new.endpoint,
        p256dh=new.keys.p256dh,
        auth=new.keys.auth,
        label=new.label,
        added_at=rfc3339(now),
    ).save()
    browsers = of(person_id)
    for oldest in sorted(browsers, key=lambda browser: browser.added_at)[:-BROWSERS_MAX]:
        forget(person_id, oldest.subscription_id, now)
    return next(browser for browser in browsers if browser.subscription_id == subscription_id)


def of(person_id: str) -> list[Subscription]:
    """This person's browsers."""
    found = SubscriptionItem.query(
        f"P#{person_id}", SubscriptionItem.sk.startswith(PUSH), SubscriptionItem.endpoint.exists(), consistent_read=True
    )
    return [
        Subscription(
            endpoint=item.endpoint,
            keys=Keys(item.p256dh, item.auth),
            label=item.label or "",
            subscription_id=item.sk.removeprefix(PUSH),
            added_at=datetime.fromisoformat(item.added_at),
        )
        for item in found
    ]


def forget(person_id: str, subscription_id: str, now: datetime) -> None:
    """Nothing is sent there any more: address and keys go at once, what is left of it by its time to live."""
    item = SubscriptionItem(f"P#{person_id}", PUSH + subscription_id)
    item.update(
        [
            SubscriptionItem.endpoint.remove(),
            SubscriptionItem.p256dh.remove(),
            SubscriptionItem.auth.remove(),
            SubscriptionItem.added_at.set(rfc3339(now)),
            SubscriptionItem.expires.set(int((now + FORGOTTEN_FOR).timestamp())),
        ]
    )


def _is_known(endpoint: str) -> bool:
    """Whether it is of one of the services in `PUSH_SERVICES`; `*` stands for a name without dots."""
    address = urlsplit(endpoint)
    origin = f"{address.scheme}://{address.netloc}"
    known = (re.escape(service).replace(r"\*", "[a-z0-9-]+") for service in settings.env("PUSH_SERVICES").split())
    return any(re.fullmatch(pattern, origin) for pattern in known)
