"""Handing a mail to SES, and telling apart what its answers mean."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionError

from kit import settings
from notifications.sending import Letter, Postponed, Refused, Uncertain

NEVER = {"MessageRejected", "BadRequestException"}


def send(to: str, letter: Letter, kind: str) -> None:
    """Raises Refused or Postponed; after anything else the outcome is unknown.

    One attempt, since a client that retries in silence could send twice. What SES says is not passed on: it
    repeats the address (I25).
    """
    ses = settings.client("sesv2", timeout_seconds=5, attempts=1)
    try:
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
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in NEVER:
            raise Refused(code) from None
        if status < 500:
            raise Postponed(code) from None
        raise Uncertain(code) from None
    except ConnectionError as error:
        raise Postponed(type(error).__name__) from None


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
