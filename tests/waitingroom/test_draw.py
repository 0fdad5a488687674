"""The draw: committed to, made after the register is closed, and checked by anybody who was in it."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from infra.drand import QUICKNET_KEY
from kit import settings
from kit.clock import to_ms
from kit.errors import Busy, NotFound
from local.beacon_standin import BEACON_KEY, public_key, sign
from local.verify_draw import checks
from tests import harness
from tests.test_house import ROOT
from tests.waitingroom.crowd import Crowd
from tests.waitingroom.test_lining_up import receipt
from waitingroom import beacon, control_room, draws, ranks, read_register, reading, register, rooms, ticking

PEOPLE = [f"person-{number}" for number in range(12)]


def drawn() -> Crowd:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    for person in PEOPLE:
        crowd.join(person)
    crowd.later(seconds=60)
    for _ in range(60):
        if crowd.tick().announced:
            return crowd
    raise AssertionError(crowd.room)


def test_what_was_committed_to_is_what_was_drawn() -> None:
    crowd = drawn()
    draw: Any = crowd.document()["draw"]
    assert draw["commitment"] == crowd.settings["commitment"]
    assert sha256(bytes.fromhex(draw["secret"])).hexdigest() == draw["commitment"]
    assert crowd.room.registered == len(PEOPLE)
    revealed = bytes.fromhex(draw["secret"]) + bytes.fromhex(draw["beacon"])
    seed = sha256(revealed + len(PEOPLE).to_bytes(8, "big")).digest()
    assert seed.hex() == draw["seed"]
    for person in PEOPLE:
        assert crowd.status(person)["rank"] == ranks.draw_rank(seed, crowd.event_id, person)


def test_the_root_is_published_before_anybody_can_know_the_beacons_value() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    crowd.later(seconds=60)
    seen = [crowd.tick() for _ in range(60)]
    rooted = next(room for room in seen if room.root)
    revealed = next(room for room in seen if room.announced)
    assert rooted.tick < revealed.tick
    assert beacon.known_at(rooted.beacon_round) > rooted.rooted_at == rooted.tick_at
    assert revealed.tick_at >= beacon.known_at(revealed.beacon_round)


def test_a_root_that_comes_late_names_a_later_round() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    crowd.later(minutes=30)
    while not (room := crowd.tick()).root:
        pass
    assert room.beacon_round > crowd.settings["beaconRound"]
    assert beacon.known_at(room.beacon_round) > to_ms(crowd.now)


def test_nothing_can_be_derived_before_the_draw() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    document = crowd.document()
    assert crowd.room.secret not in str(document)
    assert (document["draw"]["root"], document["draw"]["beacon"], document["draw"]["seed"]) == (None, None, None)
    assert crowd.ask("show_proof", "ada")[0] == 409


def test_everybody_can_check_their_own_part() -> None:
    crowd = drawn()
    for person in PEOPLE:
        proof = crowd.ok(crowd.ask("show_proof", person))
        leaf = draws.leaf(bytes.fromhex(proof["salt"]), crowd.event_id, person)
        assert draws.follow(leaf, proof["steps"]).hex() == proof["root"] == crowd.document()["draw"]["root"]
        assert proof["rank"] == crowd.status(person)["rank"]
    assert all(checks(proof, crowd.document(), "stand-in").values())
    for altered in (
        {"rank": "0" + "0" * 32},
        {"personId": "somebody else"},
        {"secret": "00" * 32},
        {"beacon": "00" * 32},
        {"beaconRound": proof["beaconRound"] + 1},
    ):
        assert not all(checks(proof | altered, beacon_name="stand-in").values()), altered
    assert not all(checks(proof, beacon_name="drand").values())  # who says so has to be who was named
    crowd.join("late")
    assert crowd.ask("show_proof", "late")[0] == 409


def test_joining_again_takes_nobodys_proof_away() -> None:
    crowd = drawn()
    before = {person: crowd.ok(crowd.ask("show_proof", person)) for person in PEOPLE}
    crowd.leave(PEOPLE[0])
    assert crowd.join(PEOPLE[0])["late"] is True
    crowd.leave(PEOPLE[0])
    crowd.join(PEOPLE[0])
    assert {person: crowd.ok(crowd.ask("show_proof", person)) for person in PEOPLE} == before


def test_whoever_leaves_and_comes_back_while_the_register_is_read_is_drawn_and_ranks_late() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    crowd.join("bob")
    crowd.later(seconds=60)
    assert crowd.tick().phase == "drawing"
    crowd.leave("ada")
    assert crowd.join("ada")["late"] is True
    while not (room := crowd.tick()).announced:
        pass
    assert room.registered == 2
    assert all(checks(crowd.ok(crowd.ask("show_proof", "ada")), crowd.document(), "stand-in").values())


def test_a_new_signing_key_changes_no_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd, secret = drawn(), settings.secret
    with_new_key = {"SECRET_SIGNING": f"a new key\n{secret('SECRET_SIGNING')}\n"}
    monkeypatch.setattr(settings, "secret", lambda name: with_new_key.get(name) or secret(name))
    assert all(checks(crowd.ok(crowd.ask("show_proof", PEOPLE[0])), crowd.document(), "stand-in").values())


def test_whoever_comes_after_the_draw_ranks_behind_everybody_in_it() -> None:
    crowd = drawn()
    late = crowd.join("late")
    assert late["late"] is True
    assert all(crowd.status(person)["rank"] < late["rank"] for person in PEOPLE)


def refused(crowd: Crowd, person: str, receipt: str | None) -> None:
    """The table takes no more at the moment."""
    answer = {"Error": {"Code": "ThrottlingException", "Message": "Throughput exceeds the current capacity"}}
    with pytest.MonkeyPatch.context() as patch:
        throttled = ClientError(answer, "PutItem")
        patch.setattr(register, "client", lambda: mock.Mock(put_item=mock.Mock(side_effect=throttled)))
        assert crowd.ask("join_queue", person, body={"receipt": receipt})[0] == 503


def test_the_draw_waits_until_nobody_was_refused_for_five_minutes_and_receipts_stand() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    crowd.later(seconds=50)
    bobs = receipt(crowd, "bob", seconds=0)
    refused(crowd, "bob", bobs)
    crowd.later(minutes=3)
    assert crowd.tick().phase == "registering"
    refused(crowd, "cyd", None)
    assert crowd.join("bob", bobs)["late"] is False
    assert crowd.join("dan")["late"] is True
    crowd.later(minutes=4, seconds=50)
    assert crowd.tick().phase == "registering"
    crowd.later(seconds=10)
    assert crowd.tick().phase == "drawing"
    assert crowd.join("eve", receipt(crowd, "eve", minutes=-8))["late"] is True  # the register is closed
    while not (room := crowd.tick()).announced:
        pass
    assert room.registered == 2
    assert crowd.status("bob")["rank"] < crowd.status("dan")["rank"]


def handed_out() -> list[Any]:
    """What lies in the queue, as the function is given it."""
    queue = {"QueueUrl": settings.env("QUEUE_BUCKETS"), "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}
    return [
        {"body": message["Body"]} for message in settings.client("sqs").receive_message(**queue).get("Messages", [])
    ]


def test_what_a_tick_does_not_get_through_is_handed_out_and_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0)
    monkeypatch.setattr(control_room, "BUCKETS_MIN", 16)
    crowd = Crowd(draw_after=timedelta(minutes=1))
    for person in PEOPLE:
        crowd.join(person)
    crowd.later(seconds=60)
    while not crowd.tick().handed_out:
        assert not handed_out()
    assert crowd.document()["draw"]["bucketsRead"] == 1
    others = {"Records": [record for _ in range(3) for record in handed_out()]}
    read_register.handler(others, harness.CONTEXT)
    roots, read = rooms.bucket_roots(crowd.event_id), reading.read_bucket
    assert len(roots) >= 11
    with mock.patch.object(reading, "read_bucket", wraps=read) as again:
        read_register.handler(others, harness.CONTEXT)
        again.assert_not_called()
    while not (room := crowd.tick()).root:  # what no message asked for, ticks read
        pass
    assert (room.registered, room.buckets_read) == (len(PEOPLE), 16)
    read_register.handler(others, harness.CONTEXT)
    assert rooms.bucket_roots(crowd.event_id).items() >= roots.items()


def test_nobody_who_asks_for_the_document_reads_the_register() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    crowd.later(seconds=60)
    assert crowd.tick().phase == "drawing"
    crowd.later(minutes=5)
    assert crowd.document()["phase"] == "drawing"
    assert not rooms.bucket_roots(crowd.event_id)


def test_the_sample_event_asks_for_a_bucket_of_a_room_that_is_not_here() -> None:
    sample = json.loads((ROOT / "events/waitingroom/read_register.json").read_text())
    with pytest.raises(NotFound):
        read_register.handler(sample, harness.CONTEXT)


def test_counting_the_register_takes_in_nobody_of_it() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.join("ada")
    crowd.join("bob")
    crowd.later(seconds=60)
    crowd.join("late")
    answers: list[Any] = []
    register.client().meta.events.register("after-call.dynamodb.Query", lambda parsed, **_: answers.append(parsed))
    assert ticking.count_register(crowd.room) == (2, 1)
    assert answers and not any(answer.get("Items") for answer in answers)


def test_registering_while_the_draw_is_made_is_late() -> None:
    crowd = Crowd(draw_after=timedelta(minutes=1))
    crowd.later(seconds=60)
    assert crowd.join("ada")["late"] is True


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_proof_leads_to_the_root_and_from_nowhere_else(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = draws.proof(leaves, index)
    assert draws.follow(leaves[index], steps) == draws.root(leaves)
    assert draws.follow(sha256(leaves[index]).digest(), steps) != draws.root(leaves)


def test_draw_ranks_do_not_depend_on_when_somebody_came() -> None:
    """Chi-square over deciles of arrival and of rank: 81 degrees of freedom, 0.1 % at 126."""
    seed, people = sha256(b"seed").digest(), 20_000
    table = [[0] * 10 for _ in range(10)]
    for number in range(people):
        place = ranks.fraction(ranks.draw_rank(seed, "evt", f"{number:036}"))
        table[number * 10 // people][int(place * 10)] += 1
    expected = people / 100
    assert sum((cell - expected) ** 2 / expected for row in table for cell in row) < 126


QUICKNET_ROUND = 657_413
QUICKNET_SIGNATURE = bytes.fromhex(
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
)
"""A round that drand published, as the README of drand-verify (pypi.org/project/drand-verify) shows it."""


def test_a_round_that_drand_published_is_signed_by_drand_and_by_nobody_else() -> None:
    assert beacon.is_signed(QUICKNET_KEY, QUICKNET_ROUND, QUICKNET_SIGNATURE)
    expected = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"
    assert beacon.value(QUICKNET_SIGNATURE).hex() == expected
    assert not beacon.is_signed(QUICKNET_KEY, QUICKNET_ROUND + 1, QUICKNET_SIGNATURE)
    assert not beacon.is_signed(BEACON_KEY, QUICKNET_ROUND, QUICKNET_SIGNATURE)
    for forged in (sign(QUICKNET_ROUND), b"", bytes(48), b"\xc0" + bytes(47), b"\xff" * 48):
        assert not beacon.is_signed(QUICKNET_KEY, QUICKNET_ROUND, forged), forged


def test_the_stand_in_signs_with_the_key_it_names() -> None:
    assert public_key() == BEACON_KEY != QUICKNET_KEY
    assert beacon.is_signed(BEACON_KEY, 7, sign(7))


def test_no_draw_of_what_the_beacon_did_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEACON_KEY", QUICKNET_KEY)
    with pytest.raises(Busy, match="not signed"):
        drawn()


@pytest.mark.parametrize("number", [1, 5_000_000])
def test_rounds_of_the_beacon(number: int) -> None:
    out = beacon.known_at(number)
    assert beacon.first_round_after(out) == number + 1
    assert beacon.first_round_after(out - 1) in (number, number + 1)
