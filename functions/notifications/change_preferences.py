"""PUT /accounts/preferences: from now on I want to be told like this."""

from __future__ import annotations

from kit.http import Call, endpoint
from notifications import preferences
from notifications.preferences import PhoneMissing, Preferences


@endpoint(raises=(PhoneMissing,))
def handler(call: Call, body: Preferences) -> Preferences:
    """All of them at once; what is left out is as it was at first."""
    preferences.put(call.caller.person_id, body)
    return body
