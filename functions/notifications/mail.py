"""Handing a mail to SES, and telling apart what its answers mean."""

from __future__ import annotations

import msgspec
from botocore.exceptions import ClientError, ConnectionError

from kit import settings

NEVER = {"MessageRejected", "BadRequestException"}


class MailRefused(Exception):
    """This mail will not be accepted for this address, now or later."""


class MailPostponed(Exception):
    """Certainly not sent, for a reason that passes: a quota, a paused account, no connection."""


class MailUncertain(Exception):
    """SES failed while it had the mail: it may or may not go out."""


class Letter(msgspec.Struct, frozen=True):
    """One mail, written for two kinds of reader."""

    subject: str
    html: str
    text: str


def send(to: str, letter: Letter, kind: str) -> None:
    """Raises MailRefused or MailPostponed; after anything else the outcome is unknown.

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
            raise MailRefused(code) from None
        if status < 500:
            raise MailPostponed(code) from None
        raise MailUncertain(code) from None
    except ConnectionError as error:
        raise MailPostponed(type(error).__name__) from None


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
