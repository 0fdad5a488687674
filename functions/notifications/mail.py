"""Handing a mail to SES, and telling apart what its answers mean."""

from __future__ import annotations

from kit import settings
from notifications.sending import Letter, one_attempt

NEVER = {"MessageRejected", "BadRequestException"}


def send(to: str, letter: Letter, kind: str) -> None:
    """Raises Refused or Postponed; after anything else the outcome is unknown.

    One attempt, since a client that retries in silence could send twice.
    """
    ses = settings.client("sesv2", timeout_seconds=5, attempts=1)
    with one_attempt(NEVER):
        ses.send_email(
            FromEmailAddress=f"Boxoffice <{settings.env('MAIL_FROM')}>",
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": _utf8(letter.subject),
                    "Body": {"Html": _utf8(letter.html), "Text": _utf8(letter.text)},
                }
            },
            EmailTags=[{"Name": "message", "Value": kind}],
        )


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
