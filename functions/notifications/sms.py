"""Handing a text message to SNS, and telling apart what its answers mean."""

from __future__ import annotations

from kit import settings
from notifications.sending import Letter, one_attempt

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
    with one_attempt(NEVER):
        sns.publish(PhoneNumber=phone, Message=text, MessageAttributes=TRANSACTIONAL)
