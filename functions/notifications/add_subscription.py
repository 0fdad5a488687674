"""POST /accounts/push-subscriptions: push my messages to this browser."""

from __future__ import annotations

from kit.http import Call, endpoint
from notifications import subscriptions
from notifications.show_preferences import Browser
from notifications.subscriptions import InvalidSubscription, NewSubscription


@endpoint(status=201, raises=(InvalidSubscription,))
def handler(call: Call, body: NewSubscription) -> Browser:
    """The same browser again is still one; beyond ten the oldest is forgotten."""
    added = subscriptions.add(call.caller.person_id, body, call.now)
    return Browser(added.subscription_id, added.label, added.added_at)
