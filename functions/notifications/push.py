"""Handing a message to the push services of a person's browsers."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import msgspec
import urllib3

from kit import settings
from notifications import subscriptions, webpush
from notifications.sending import Letter, Postponed, Refused, Uncertain

KEPT_FOR = timedelta(days=1)
"""How long a push service keeps it for a browser that is off."""
GONE = {404, 410}
TIMEOUT_SECONDS = 5


def send(person_id: str, letter: Letter, tag: str, now: datetime) -> None:
    """To every browser of this person; one that is gone is forgotten. `tag` makes a repetition replace the first.

    Raises Refused where no browser is left; Postponed or Uncertain where none took it this time.
    """
    message = {"title": letter.subject, "body": letter.brief, "url": letter.url, "tag": tag}
    troubles: list[Exception] = [Refused("no browser")]
    taken = False
    for browser in subscriptions.of(person_id):
        try:
            _post(browser, msgspec.json.encode(message), now)
            taken = True
        except Refused:
            subscriptions.forget(person_id, browser.subscription_id, now)
        except (Postponed, Uncertain) as trouble:
            troubles.append(trouble)
    if not taken:
        raise troubles[-1]


def _post(browser: subscriptions.Subscription, message: bytes, now: datetime) -> None:
    headers = {
        "Authorization": webpush.authorization(browser.endpoint, settings.env("MAIL_FROM"), now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
    }
    body = webpush.encrypt(message, browser.keys.p256dh, browser.keys.auth)
    try:
        answer = _http().request("POST", browser.endpoint, body=body, headers=headers)
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
        raise Postponed(type(error).__name__) from None
    except urllib3.exceptions.HTTPError as error:
        raise Uncertain(type(error).__name__) from None
    if answer.status in GONE:
        raise Refused(str(answer.status))
    if answer.status >= 500:
        raise Uncertain(str(answer.status))
    if answer.status >= 300:
        raise Postponed(str(answer.status))


@cache
def _http() -> urllib3.PoolManager:
    return urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=False)
