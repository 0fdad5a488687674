"""Who a person is, asked of a real (emulated) user pool."""

from collections.abc import Iterator

import boto3
import pytest

import accounts
from accounts import people
from kit.errors import NotFound
from tests import harness


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with harness.aws():
        people._cognito.cache_clear()
        cognito = boto3.client("cognito-idp")
        pool_id = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
        monkeypatch.setenv("USER_POOL_ID", pool_id)
        yield pool_id
    people._cognito.cache_clear()


def join(pool: str, verified: str) -> str:
    """Somebody signs up; answers their person id."""
    person = boto3.client("cognito-idp").admin_create_user(
        UserPoolId=pool,
        Username="ada@example.org",
        UserAttributes=[
            {"Name": "email", "Value": "ada@example.org"},
            {"Name": "email_verified", "Value": verified},
        ],
    )["User"]
    return str(next(a["Value"] for a in person["Attributes"] if a["Name"] == "sub"))


def test_the_confirmed_address_is_found_by_person_id(pool: str) -> None:
    assert accounts.verified_email(join(pool, "true")) == "ada@example.org"


def test_an_address_nobody_confirmed_is_not_written_to(pool: str) -> None:
    person_id = join(pool, "false")
    with pytest.raises(NotFound):
        accounts.verified_email(person_id)


def test_a_stranger_is_not_found(pool: str) -> None:
    with pytest.raises(NotFound):
        accounts.verified_email("nobody")
