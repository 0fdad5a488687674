"""People, as the user pool knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from kit import settings
from kit.errors import NotFound


class Contact(msgspec.Struct, frozen=True):
    """Where to write to a person, and by what name, which is empty where they gave none."""

    email: str
    name: str


class Standing(msgspec.Struct, frozen=True):
    """Since when an account is there, and which of its contacts were `verified`: `email`, `phone`."""

    since: datetime
    verified: frozenset[str]


def contact(person_id: str) -> Contact:
    """The address this person has confirmed. Raises NotFound for who is gone or never confirmed one."""
    attributes = _attributes(_ask(person_id))
    if attributes.get("email_verified") != "true":
        raise NotFound
    return Contact(attributes["email"], attributes.get("name", ""))


def standing(person_id: str) -> Standing:
    """Raises NotFound. One call to the user pool, which by default takes 120 of them a second."""
    person = _ask(person_id)
    attributes = _attributes(person)
    contacts = {"email": "email_verified", "phone": "phone_number_verified"}
    since = person["UserCreateDate"].astimezone(UTC)
    return Standing(since, frozenset(name for name, proof in contacts.items() if attributes.get(proof) == "true"))


def display_name(person_id: str) -> str | None:
    """The person's name for a page that can do without: None also where the pool does not answer."""
    try:
        return contact(person_id).name or None
    except (NotFound, BotoCoreError, ClientError):
        return None


def _ask(person_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    cognito = settings.client("cognito-idp")
    try:
        return dict(cognito.admin_get_user(UserPoolId=settings.env("USER_POOL_ID"), Username=person_id))
    except cognito.exceptions.UserNotFoundException as error:
        raise NotFound from error


def _attributes(person: dict[str, Any]) -> dict[str, str]:
    return {attribute["Name"]: attribute["Value"] for attribute in person["UserAttributes"]}
