"""Handing a text message to SNS, and telling apart what its answers mean."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionError

from kit import settings
from notifications.sending import Letter, Postponed, Refused, Uncertain

NEVER = {"InvalidParameter", "InvalidParameterValue", "OptedOut", "OptedOutException"}
SENDER = "Boxoffice"
TRANSACTIONAL = {
    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
    "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": SENDER},
}


def send(phone: str, letter: Letter) -> None:
    """Raises Refused or Postponed; after anything else the outcome is unknown. One attempt, as with mail."""
    sns = settings.client("sns", timeout_seconds=5, attempts=1)
    text = f"{SENDER}: {letter.brief} {letter.url}"
    try:
        sns.publish(PhoneNumber=phone, Message=text, MessageAttributes=TRANSACTIONAL)
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in NEVER:
            raise Refused(code) from None
        if status < 500:
            raise Postponed(code) from None
        raise Uncertain(code) from None
    except ConnectionError as error:
        raise Postponed(type(error).__name__) from None
