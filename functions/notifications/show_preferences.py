"""GET /accounts/preferences: how I want to be told what, and in which browsers."""

from __future__ import annotations

from datetime import datetime

import msgspec

from kit.http import Call, endpoint
from notifications import preferences, subscriptions, webpush
from notifications.preferences import Preferences


class Browser(msgspec.Struct, frozen=True, rename="camel"):
    """One that messages are pushed to. Its address and keys are its own business."""

    subscription_id: str
    label: str
    added_at: datetime


class MyPreferences(msgspec.Struct, frozen=True, rename="camel"):
    """`push_key` is what a browser subscribes with (VAPID)."""

    preferences: Preferences
    browsers: list[Browser]
    push_key: str


@endpoint()
def handler(call: Call) -> MyPreferences:
    return show_preferences(call.caller.person_id)


def show_preferences(person_id: str) -> MyPreferences:
    browsers = [Browser(found.subscription_id, found.label, found.added_at) for found in subscriptions.of(person_id)]
    return MyPreferences(preferences.of(person_id), browsers, webpush.public_key())
