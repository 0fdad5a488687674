"""People, as the user pool knows them."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3

from kit import settings
from kit.errors import NotFound


def verified_email(person_id: str) -> str:
    """The address this person has confirmed. Raises NotFound for who is gone or never confirmed one."""
    cognito = _cognito()
    try:
        person = cognito.admin_get_user(UserPoolId=settings.env("USER_POOL_ID"), Username=person_id)
    except cognito.exceptions.UserNotFoundException as error:
        raise NotFound from error
    attributes = {attribute["Name"]: attribute["Value"] for attribute in person["UserAttributes"]}
    if attributes.get("email_verified") != "true":
        raise NotFound
    return str(attributes["email"])


@cache
def _cognito() -> Any:
    return boto3.client("cognito-idp", config=settings.client_config())
