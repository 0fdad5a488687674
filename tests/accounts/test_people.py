"""Who a person is, asked of a real (emulated) user pool."""

from collections.abc import Iterator

import pytest

import accounts
from kit import settings
from kit.errors import NotFound
from tests import harness


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with harness.aws():
        cognito = settings.client("cognito-idp")
        pool_id = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
        monkeypatch.setenv("USER_POOL_ID", pool_id)
        yield pool_id


def join(pool: str, verified: str) -> str:
    """Somebody signs up; answers their person id."""
    person = settings.client("cognito-idp").admin_create_user(
        UserPoolId=pool,
        Username="ada@example.org",
        UserAttributes=[
            {"Name": "email", "Value": "ada@example.org"},
            {"Name": "email_verified", "Value": verified},
            {"Name": "name", "Value": "Ada Lovelace"},
        ],
    )["User"]
    return str(next(a["Value"] for a in person["Attributes"] if a["Name"] == "sub"))


def test_the_confirmed_address_is_found_by_person_id(pool: str) -> None:
    assert accounts.contact(join(pool, "true")) == accounts.Contact("ada@example.org", "Ada Lovelace")


def test_an_address_nobody_confirmed_is_not_written_to(pool: str) -> None:
    person_id = join(pool, "false")
    with pytest.raises(NotFound):
        accounts.contact(person_id)


def test_a_stranger_is_not_found(pool: str) -> None:
    with pytest.raises(NotFound):
        accounts.contact("nobody")


def test_a_name_is_shown_where_it_is_known_and_done_without_elsewhere(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = join(pool, "true")
    assert accounts.display_name(person_id) == "Ada Lovelace"
    assert accounts.display_name("nobody") is None
    monkeypatch.setenv("USER_POOL_ID", "eu-central-1_gone")
    assert accounts.display_name(person_id) is None
