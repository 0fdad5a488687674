"""Four people to be: each can sign in with the same password, on this machine only."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

PASSWORD = "Boxoffice-Demo-1"  # noqa: S105  printed on the screen, good for the local cloud alone
ACCOUNTS = {
    "fan@boxoffice.example": "fan",
    "organizer@boxoffice.example": "organizer",
    "gate@boxoffice.example": "gate",
    "operator@boxoffice.example": "operator",
}
"""Address → group."""


def create_accounts(cognito: Any, client_id: str) -> None:
    """Confirmed accounts in the user pool this client belongs to; those that exist get the password again."""
    pool = _pool_of(cognito, client_id)
    for email, group in ACCOUNTS.items():
        with suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=email,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            )
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)


def sign_in(cognito: Any, client_id: str, email: str) -> str:
    """An access token."""
    answer = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


def _pool_of(cognito: Any, client_id: str) -> str:
    for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]:
        clients = cognito.list_user_pool_clients(UserPoolId=pool["Id"], MaxResults=60)["UserPoolClients"]
        if client_id in {client["ClientId"] for client in clients}:
            return str(pool["Id"])
    raise LookupError(f"No user pool has the client {client_id}.")
