"""No ticks for a while: nobody new for a minute, then by lot, then drained before the room is as usual again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from kit import clock
from kit.sealed import seal
from tests import harness
from tests.inventory.house import word
from tests.waitingroom.crowd import Crowd
from tests.waitingroom.test_gate import hold
from waitingroom import degraded, passes, rooms, show_now, tick_rooms
from waitingroom.passes import BY_LOT, Admission
from waitingroom.problems import RoomChanged

PEOPLE = 20_000


def dead(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody can tick."""

    def fails(*_: Any) -> Any:
        raise RoomChanged

    monkeypatch.setattr(show_now, "tick", fails)


def throttled(patch: pytest.MonkeyPatch, event_id: str) -> None:
    """The table takes no more of this room's state: PynamoDB's own way to say so."""
    real = BaseClient._make_api_call

    def call(client: BaseClient, operation: str, request: Any) -> Any:
        if operation == "PutItem" and request["Item"]["pk"]["S"] == f"ROOM#{event_id}":
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, operation)
        return real(client, operation, request)

    patch.setattr(BaseClient, "_make_api_call", call)


def by_lot(crowd: Crowd, person: str) -> str:
    exp = int((crowd.now + timedelta(minutes=4)).timestamp())
    return seal(passes.DEGRADED, Admission(crowd.event_id, person, f"session-of-{person}", BY_LOT, exp))


def test_it_is_entered_after_a_minute_and_left_by_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd()
    crowd.tick()
    with monkeypatch.context() as patch:
        dead(crowd, patch)
        crowd.later(seconds=59)
        assert crowd.document()["mode"] == "normal"
        crowd.later(seconds=2)
        assert crowd.document()["mode"] == "degraded"
        assert crowd.document()["degradedTerms"]
    assert crowd.document()["mode"] == "normal"


def test_it_is_entered_when_the_table_refuses_the_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd()
    crowd.tick()
    throttled(monkeypatch, crowd.event_id)
    crowd.later(seconds=61)
    assert crowd.document()["mode"] == "degraded"


def test_a_room_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    failing, healthy = Crowd(), Crowd()
    monkeypatch.setattr(rooms, "wanting_ticks", lambda: [failing.event_id, healthy.event_id])
    throttled(monkeypatch, failing.event_id)
    tick_rooms.tick_rooms(clock.now() + timedelta(milliseconds=500))
    assert (failing.room.tick, healthy.room.tick) == (0, 1)


def test_a_first_tick_that_is_late_drains_too() -> None:
    crowd = Crowd()
    crowd.later(seconds=61)
    assert hold(crowd, "ada", by_lot(crowd, "ada"))[0] == 403  # who never joined wins nothing
    crowd.join("ada")
    assert hold(crowd, "ada", by_lot(crowd, "ada"))[0] == 201
    assert crowd.tick().drain_until > crowd.now.timestamp() * 1000


def test_a_pause_ends_admissions_by_lot() -> None:
    crowd = Crowd()
    crowd.join("ada")
    crowd.tick()
    crowd.later(seconds=61)
    assert crowd.control(action="pause")[0] == 200
    assert crowd.document()["degradedTerms"] is None
    assert hold(crowd, "ada", by_lot(crowd, "ada"))[0] == 403
    crowd.control(action="resume")
    crowd.tick()
    assert hold(crowd, "ada", by_lot(crowd, "ada"))[0] == 201  # until the drain is over
    crowd.control(action="pause")
    assert hold(crowd, "ada", by_lot(crowd, "ada"), seats=["stalls-1-1"])[0] == 403


def test_whoever_left_or_had_their_turn_wins_no_lot() -> None:
    crowd = Crowd()
    crowd.join("left")
    crowd.admit("used")
    crowd.leave("left")
    crowd.leave("used")
    crowd.later(seconds=61)
    for person in ("left", "used"):
        assert word(hold(crowd, person, by_lot(crowd, person))[1]) == "admission-required"


def test_an_admission_by_lot_is_good_while_it_lasts_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Crowd()
    crowd.join("ada")
    crowd.join("bob")
    crowd.tick()
    assert word(hold(crowd, "ada", by_lot(crowd, "ada"))[1]) == "admission-required"
    crowd.later(seconds=61)
    assert hold(crowd, "ada", by_lot(crowd, "ada"))[0] == 201
    phone = f"Bearer {harness.access_token('ada', origin_jti='the-phone')}"
    assert word(hold(crowd, "ada", by_lot(crowd, "ada"), authorization=phone)[1]) == "token-bound"
    token = by_lot(crowd, "bob")
    crowd.later(minutes=4, seconds=1)
    assert word(hold(crowd, "bob", token, seats=["stalls-1-1"])[1]) == "admission-required"


def test_recovery_drains_before_anybody_is_granted() -> None:
    crowd = Crowd()
    crowd.join("ada")
    crowd.tick(3)
    crowd.ready("ada")
    crowd.join("bob")
    crowd.later(seconds=61)
    crowd.tick(3)
    assert crowd.document()["live"] == 0
    assert hold(crowd, "bob", by_lot(crowd, "bob"))[0] == 201
    drained_at = crowd.room.drain_until
    while crowd.now.timestamp() * 1000 < drained_at - 30_000:
        crowd.later(seconds=28)
        assert crowd.tick().live == 0
    crowd.later(seconds=28)
    crowd.tick(2)
    assert crowd.status("ada")["status"] == "admitted"


def admitted(draws_a_person: int) -> float:
    """How many get in, of those in line, if everybody tries so often in one bucket."""
    crowd = Crowd(capacity=1_000)
    room = crowd.tick()
    room = type(room)(**{**{name: getattr(room, name) for name in room.__struct_fields__}, "registered": PEOPLE})
    odds = degraded.odds(room, crowd.now + timedelta(minutes=2))
    key = b"a key"
    return sum(
        any(
            degraded.lot(key if not again else key + bytes([again]), crowd.event_id, f"p{number}", 7) < odds
            for again in range(draws_a_person)
        )
        for number in range(PEOPLE)
    )


def test_the_capacity_holds_in_expectation() -> None:
    assert 850 < admitted(draws_a_person=1) < 1_150  # five standard deviations are 154


def test_a_random_draw_per_request_would_break_it() -> None:
    assert admitted(draws_a_person=10) > 5_000
