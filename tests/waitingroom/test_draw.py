"""The draw: committed to, made after the register is closed, and checked by anybody who was in it."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.clock import to_ms
from local.verify_draw import checks
from tests.waitingroom.crowd import Crowd
from waitingroom import beacon, draws, ranks

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
    seed = draws.seed(bytes.fromhex(draw["secret"]), bytes.fromhex(draw["beacon"]), len(PEOPLE))
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
        assert all(checks(proof, crowd.document()).values())
        assert not all(checks(proof | {"rank": "0" + "0" * 32}).values())
        assert not all(checks(proof | {"personId": "somebody else"}).values())
    crowd.join("late")
    assert crowd.ask("show_proof", "late")[0] == 409


def test_whoever_comes_after_the_draw_ranks_behind_everybody_in_it() -> None:
    crowd = drawn()
    late = crowd.join("late")
    assert late["late"] is True
    assert all(crowd.status(person)["rank"] < late["rank"] for person in PEOPLE)


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


@pytest.mark.parametrize("number", [1, 5_000_000])
def test_rounds_of_the_beacon(number: int) -> None:
    out = beacon.known_at(number)
    assert beacon.first_round_after(out) == number + 1
    assert beacon.first_round_after(out - 1) in (number, number + 1)
