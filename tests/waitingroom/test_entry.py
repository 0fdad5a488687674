"""Who may take a place and who may come in: account rules at joining, crowds on one device or address when called."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from moto.cognitoidp import cognitoidp_backends

import accounts
from kit import settings
from kit.errors import Busy
from kit.sealed import seal
from tests import harness
from tests.inventory.house import NOON, word
from tests.waitingroom.crowd import Crowd
from waitingroom import register, tallies
from waitingroom.passes import RECEIPT, Receipt
from waitingroom.register import Place

HOME, FARM = "00" * 7 + "aa", "ff" * 8
HALL = "80" * 8
ITEM_BYTES_MAX = 400 * 1024


def receipt(crowd: Crowd, person: str, device: str, address: str) -> str:
    return seal(RECEIPT, Receipt(crowd.event_id, person, int(crowd.now.timestamp() * 1000), device, address))


def drawn(crowd: Crowd) -> Crowd:
    crowd.later(seconds=60)
    for _ in range(60):
        with suppress(Busy):  # the beacon on a machine under load: the next tick asks again
            if crowd.tick().announced:
                crowd.tick(3)
                return crowd
    raise AssertionError(crowd.room)


@pytest.fixture
def sale() -> Crowd:
    """Ten accounts on one device, three on another; twenty-one more from one hall, each with a device of its own."""
    crowd = Crowd(draw_after=timedelta(minutes=1), checksCrowds=True)
    places = [(f"farm{n}", FARM, f"{n:016x}") for n in range(10)]
    places += [(f"home{n}", HOME, "ab" * 8) for n in range(3)]
    places += [(f"hall{n}", f"{n + 100:016x}", HALL) for n in range(21)]
    for person, device, address in [*places, ("ada", "12" * 8, "34" * 8)]:
        crowd.join(person, receipt(crowd, person, device, address))
    crowd.join("stranger")
    return drawn(crowd)


def come(crowd: Crowd, person: str, answer: str | None = None) -> tuple[int, Any]:
    return crowd.ask("declare_ready", person, headers={"x-puzzle-answer": answer} if answer else None)


def solve(problem: Any) -> str:
    number = 0
    while int.from_bytes(sha256(f"{problem['puzzle']}.{number}".encode()).digest(), "big") >> (256 - problem["bits"]):
        number += 1
    return f"{problem['puzzle']}.{number}"


def test_crowds_are_counted_between_close_and_draw(sale: Crowd) -> None:
    assert sale.room.registered == 36
    assert come(sale, "ada")[0] == 200
    status, problem = come(sale, "farm3")
    assert (status, word(problem)) == (403, "entry-refused")
    for person in ("home1", "hall7", "stranger"):
        status, problem = come(sale, person)
        assert (status, word(problem)) == (403, "puzzle-required"), person
    _, record = sale.ask("show_room", "olga", groups=["organizer"])
    assert record["crowds"] == {"challenged": 2, "excluded": 1}


def test_nobody_loses_a_rank_by_it(sale: Crowd) -> None:
    """The draw is of everybody who registered: what is thought of somebody comes after it, and can be appealed."""
    proof = sale.ok(sale.ask("show_proof", "farm3"))
    assert proof["registered"] == 36
    assert proof["rank"] == sale.status("farm3")["rank"]


def test_a_solved_puzzle_opens_the_way_for_its_person_alone(sale: Crowd) -> None:
    answer = solve(come(sale, "home0")[1])
    assert come(sale, "home0", answer)[0] == 200
    for person, shown in (
        ("home1", answer),
        ("home1", answer.rpartition(".")[0] + ".x"),
        ("home1", "nonsense"),
        ("farm1", answer),
    ):
        assert come(sale, person, shown)[0] == 403


def test_a_puzzle_is_good_for_ten_minutes(sale: Crowd) -> None:
    answer = solve(come(sale, "home0")[1])
    sale.later(minutes=10)
    assert word(come(sale, "home0", answer)[1]) == "puzzle-required"


def test_a_crash_while_counting_counts_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1), checksCrowds=True)
    for number in range(2):
        crowd.join(f"p{number}", receipt(crowd, f"p{number}", HOME, f"{number:016x}"))
    drawn(crowd)
    now = crowd.now
    for bucket in range(crowd.room.buckets):
        tallies.record(crowd.room, bucket, register.drawn(crowd.event_id, bucket), now)
    assert tallies.report(crowd.event_id) == (0, 0)
    assert come(crowd, "p0")[0] == 200


def test_far_more_people_than_were_expected_are_counted() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1), checksCrowds=True)
    people = [Place(f"p{n}", 0, False, device=f"{min(n, 29_990):016x}", address=f"{n:016x}") for n in range(30_000)]
    tallies.record(crowd.room, 0, people, crowd.now)
    kept = list(tallies.Tally.query(tallies._pk(crowd.event_id, 0)))
    assert max(len(item.devices or b"") + len(item.addresses or b"") for item in kept) < ITEM_BYTES_MAX
    assert tallies.count_next(crowd.room, crowd.now)
    assert tallies.report(crowd.event_id) == (0, 1)


def test_joining_is_still_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd(checksCrowds=True)
    units: list[float] = []
    put = register.client().put_item

    class Counting:
        def put_item(self, **wanted: Any) -> Any:
            answer = put(**wanted, ReturnConsumedCapacity="TOTAL")
            units.append(answer["ConsumedCapacity"]["CapacityUnits"])
            return answer

    monkeypatch.setattr(register, "client", Counting)
    crowd.join("ada", receipt(crowd, "ada", HOME, HALL))
    assert units == [1.0]
    found = register.find(crowd.event_id, crowd.room.buckets, "ada")
    assert found is not None
    assert (found.device, found.address) == (HOME, HALL)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> str:
    cognito = settings.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    monkeypatch.setenv("USER_POOL_ID", pool_id)
    return str(pool_id)


def account(pool: str, name: str, days: int, **attributes: str) -> str:
    """Somebody who signed up so many days before the sale; their person id."""
    person = settings.client("cognito-idp").admin_create_user(
        UserPoolId=pool,
        Username=f"{name}@example.org",
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )["User"]
    sub = str(next(a["Value"] for a in person["Attributes"] if a["Name"] == "sub"))
    users = cognitoidp_backends["123456789012"][harness.REGION].user_pools[pool].users
    next(user for user in users.values() if user.id == sub).create_date = NOON - timedelta(days=days)
    return sub


def test_an_account_must_be_as_old_as_the_organizer_asks(pool: str) -> None:
    crowd = Crowd(accountAgeDays=30)
    assert crowd.document()["rules"]["accountAgeDays"] == 30
    old, new = account(pool, "old", 31), account(pool, "new", 29)
    assert crowd.join(old)["status"] == "queued"
    status, problem = crowd.ask("join_queue", new, body={})
    assert (status, word(problem), problem["accountAgeDays"]) == (403, "account-too-new", 30)
    crowd.later(days=1, seconds=1)
    assert crowd.join(new)["status"] == "queued"


def test_the_draw_waits_for_those_whom_the_user_pool_has_no_time_for(pool: str) -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1), accountAgeDays=30)
    old = account(pool, "old", 31)
    came = receipt(crowd, old, HOME, HALL)
    crowd.later(seconds=50)
    with pytest.MonkeyPatch.context() as patch:
        busy = ClientError({"Error": {"Code": "TooManyRequestsException", "Message": ""}}, "AdminGetUser")
        patch.setattr(accounts, "standing", mock.Mock(side_effect=busy))
        assert crowd.ask("join_queue", old, body={"receipt": came})[0] == 503
    crowd.later(minutes=1)
    assert crowd.tick().phase == "registering"
    assert crowd.join(old, came)["late"] is False


@pytest.mark.parametrize("contact", ["email", "phone"])
def test_a_contact_must_be_confirmed_where_the_organizer_asks(pool: str, contact: str) -> None:
    crowd = Crowd(verifiedContact=contact)
    proof = {"email": "email_verified", "phone": "phone_number_verified"}[contact]
    good, bad = account(pool, "good", 1, **{proof: "true"}), account(pool, "bad", 1, **{proof: "false"})
    assert crowd.join(good)["status"] == "queued"
    status, problem = crowd.ask("join_queue", bad, body={})
    assert (status, word(problem), problem["contact"]) == (403, "contact-unverified", contact)


def test_a_room_without_rules_asks_nobody() -> None:
    assert "USER_POOL_ID" not in harness.ENVIRONMENT
    assert Crowd().join("ada")["status"] == "queued"


@pytest.mark.parametrize(
    ("setting", "value"), [("accountAgeDays", -1), ("accountAgeDays", 4000), ("verifiedContact", "fax")]
)
def test_rules_that_make_no_sense(setting: str, value: Any) -> None:
    with pytest.raises(AssertionError, match="422"):
        Crowd(**{setting: value})
