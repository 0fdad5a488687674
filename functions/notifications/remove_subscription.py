"""DELETE /accounts/push-subscriptions/{subscriptionId}: push nothing to that browser any more."""

from __future__ import annotations

from kit.errors import NotFound
from kit.http import Call, endpoint
from notifications import subscriptions


@endpoint(status=204, raises=(NotFound,))
def handler(call: Call) -> None:
    person_id, wanted = call.caller.person_id, call.path["subscriptionId"]
    if wanted not in {browser.subscription_id for browser in subscriptions.of(person_id)}:
        raise NotFound
    subscriptions.forget(person_id, wanted, call.now)
