"""Joining, being called, going in, leaving: one person's way through the room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

import catalog
from kit.sealed import seal
from tests import harness
from tests.inventory.house import open_event, word
from tests.waitingroom.crowd import Crowd
from waitingroom import rooms, tick_rooms
from waitingroom.passes import RECEIPT, Receipt

DRAW = timedelta(minutes=5)


def receipt(crowd: Crowd, person: str, **away: float) -> str:
    """The edge's word that this person came so far from now."""
    came = crowd.now + timedelta(**away)
    return seal(RECEIPT, Receipt(crowd.event_id, person, int(came.timestamp() * 1000)))


def test_the_way_through_the_room() -> None:
    crowd = Crowd()
    joined = crowd.join("ada")
    assert (joined["status"], joined["late"], joined["position"]) == ("queued", True, None)
    crowd.tick(2)
    assert crowd.status("ada")["status"] == "called"
    assert crowd.status("ada")["position"] == 0
    assert crowd.ready("ada")["accessToken"] is None
    crowd.tick()
    admitted = crowd.status("ada")
    assert admitted["status"] == "admitted"
    assert admitted["accessToken"]
    assert crowd.document()["live"] == 1


def test_the_second_join_is_the_first_ones_place() -> None:
    crowd = Crowd()
    first = crowd.join("ada")
    crowd.later(seconds=30)
    second = crowd.join("ada")
    assert (second["joinedAt"], second["rank"]) == (first["joinedAt"], first["rank"])


def test_whoever_asks_in_the_same_second_reads_the_room_once(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd, real = Crowd(), BaseClient._make_api_call
    reads: list[Any] = []

    def call(client: BaseClient, operation: str, request: Any) -> Any:
        if operation == "GetItem" and request["Key"]["pk"]["S"].startswith("ROOM#"):
            reads.append(request)
        return real(client, operation, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    for number in range(5):
        crowd.join(f"person-{number}")
        crowd.status(f"person-{number}")
    assert len(reads) == 1
    crowd.later(seconds=1)
    crowd.join("later")
    assert len(reads) == 2


def test_whoever_was_called_a_moment_ago_is_not_refused_by_what_a_process_remembers() -> None:
    crowd = Crowd()
    crowd.join("ada")
    remembered, then = dict(rooms._remembered), crowd.now
    crowd.tick(2)
    rooms._remembered.update(remembered)
    crowd.now = then
    assert crowd.ready("ada")["status"] == "called"


def test_two_tabs_are_one_place_and_one_admission() -> None:
    crowd = Crowd()
    assert crowd.join("ada")["rank"] == crowd.join("ada")["rank"]
    crowd.tick(2)
    assert [crowd.ready("ada")["status"] for _ in range(2)] == ["called", "called"]
    crowd.tick(2)
    tabs = [crowd.status("ada") for _ in range(2)]
    assert [tab["status"] for tab in tabs] == ["admitted", "admitted"]
    assert tabs[0]["accessEndsAt"] == tabs[1]["accessEndsAt"]
    assert crowd.tick().live == 1


def test_there_is_nothing_to_join_before_the_room_is_opened_nor_after_it_is_closed() -> None:
    crowd = Crowd()
    crowd.event_id = open_event(waiting_room=True)
    assert crowd.ask("join_queue", "ada", body={})[0] == 404
    assert crowd.control(action="open")[0] == 200
    assert crowd.join("ada")["joinedAt"] == "2030-05-04T12:00:00Z"
    crowd.control(action="close")
    for status, problem in (crowd.ask("join_queue", "bob", body={}), crowd.ask("declare_ready", "ada")):
        assert (status, word(problem), problem["phase"]) == (409, "room-not-open", "closed")


def test_nobody_has_a_position_before_the_draw() -> None:
    crowd = Crowd(draw_after=DRAW)
    joined = crowd.join("ada")
    assert (joined["position"], joined["rank"], joined["estimatedWaitSeconds"]) == (None, None, None)
    crowd.tick(3)
    assert crowd.status("ada")["queueLength"] == 1
    assert crowd.document()["draw"]["secret"] is None
    assert crowd.ask("declare_ready", "ada")[0] == 409


def test_coming_before_the_opening_gives_no_head_start() -> None:
    crowd = Crowd()
    crowd.later(minutes=1)
    early = crowd.join("early", receipt(crowd, "early", hours=-1))
    first = crowd.join("first", receipt(crowd, "first", minutes=-1))
    assert early["joinedAt"] == first["joinedAt"]


@pytest.mark.parametrize("minutes", [-2, 2])
def test_an_edge_clock_two_minutes_off_is_worth_two_minutes_at_most(minutes: float) -> None:
    crowd = Crowd()
    crowd.later(minutes=10)
    skewed = crowd.join("skewed", receipt(crowd, "skewed", minutes=minutes))
    crowd.later(minutes=2, milliseconds=1)
    after = crowd.join("after")
    assert skewed["rank"] < after["rank"]


def test_a_receipt_is_its_persons_alone() -> None:
    crowd = Crowd()
    crowd.later(minutes=1)
    ours = receipt(crowd, "ada", seconds=-50)
    assert crowd.join("eve", ours)["joinedAt"] == "2030-05-04T12:01:00Z"
    status, problem = crowd.ask("join_queue", "bob", body={"receipt": ours[:-2] + "xx"})
    assert (status, word(problem)) == (403, "invalid-seal")


def test_out_of_turn_is_told_how_many_are_ahead() -> None:
    crowd = Crowd(capacity=1)
    crowd.admit("ada")
    for person in ("bob", "cyd", "dan"):
        crowd.later(seconds=1)
        crowd.join(person)
    crowd.tick(5)
    status, problem = crowd.ask("declare_ready", "dan")
    assert (status, word(problem)) == (409, "not-called")
    assert problem["position"] in (1, 2)


def test_somebody_who_is_not_in_line() -> None:
    crowd = Crowd()
    for verb in ("show_status", "declare_ready", "leave_queue"):
        status, problem = crowd.ask(verb, "nobody")
        assert (status, word(problem)) == (409, "not-in-line")


def test_leaving_frees_the_place_at_once_and_moves_nobody_back() -> None:
    crowd = Crowd(capacity=1)
    crowd.admit("ada")
    crowd.join("bob")
    crowd.later(seconds=1)
    crowd.join("cyd")
    crowd.tick(5)
    before = crowd.status("cyd")["position"]
    crowd.leave("ada")
    crowd.leave("bob")
    crowd.tick(3)
    after = crowd.status("cyd")["position"]
    assert after <= before
    assert crowd.document()["live"] == 0


def test_joining_again_takes_the_present_time() -> None:
    crowd = Crowd(capacity=1)
    first = crowd.join("ada")
    crowd.join("bob")
    crowd.leave("ada")
    crowd.later(minutes=1)
    again = crowd.join("ada", receipt(crowd, "ada", seconds=-55))
    assert again["rank"] > crowd.status("bob")["rank"] and again["rank"] > first["rank"]
    assert again["joinedAt"] == "2030-05-04T12:01:00Z"


def test_a_no_show_holds_no_place_and_goes_next_when_they_return() -> None:
    crowd = Crowd(capacity=1)
    crowd.join("ada")
    crowd.tick(2)
    crowd.ready("ada")
    crowd.tick()
    crowd.later(seconds=40)
    assert crowd.tick().live == 0
    assert crowd.status("ada")["status"] == "called"
    crowd.ready("ada")
    crowd.tick(2)
    assert crowd.status("ada")["status"] == "admitted"


def test_a_turn_missed_for_a_quarter_of_an_hour_is_over() -> None:
    crowd = Crowd()
    crowd.join("ada")
    crowd.tick(3)
    assert crowd.status("ada")["status"] == "called"
    crowd.later(minutes=17)
    assert crowd.status("ada")["status"] == "expired"
    status, problem = crowd.ask("declare_ready", "ada")
    assert (status, word(problem)) == (409, "turn-over")
    assert crowd.join("ada")["status"] == "queued"


def test_an_idle_admission_ends_and_a_used_one_does_not_come_back() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    crowd.later(minutes=3, seconds=5)
    assert crowd.status("ada")["status"] == "expired"
    assert crowd.tick().live == 0
    assert crowd.ask("declare_ready", "ada")[1]["type"].endswith("/turn-over")
    assert crowd.join("ada")["rank"] > crowd.room.called


def test_no_admission_outlives_half_an_hour() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    for _ in range(14):
        crowd.later(minutes=2)
        assert crowd.status("ada")["status"] == "admitted"
    crowd.later(minutes=2)
    assert crowd.status("ada")["status"] == "expired"


def test_a_second_device_is_told_that_the_admission_is_the_firsts() -> None:
    crowd = Crowd()
    crowd.admit("ada")
    phone = {"authorization": f"Bearer {harness.access_token('ada', origin_jti='the-phone')}"}
    status, problem = crowd.ask("show_status", "ada", headers=phone)
    assert (status, word(problem)) == (403, "token-bound")


def test_controls_take_effect_with_the_next_tick_and_are_on_record() -> None:
    crowd = Crowd(capacity=5)
    for person in ("ada", "bob"):
        crowd.join(person)
    crowd.tick(2)
    crowd.ready("ada")
    assert crowd.control(action="pause")[1]["paused"] is True
    crowd.tick(3)
    assert crowd.document()["paused"] is True
    assert crowd.status("ada")["status"] == "called"
    crowd.control(action="resume")
    crowd.tick()
    assert crowd.status("ada")["status"] == "admitted"
    assert crowd.control(action="change", capacity=7)[1]["capacity"] == 7
    batch = {"people": 1000, "everySeconds": 30}
    assert crowd.control(action="change", batch=batch)[1]["batch"] == batch
    assert crowd.control(action="change", capacity=8)[1]["batch"] == batch
    assert crowd.control(action="change", batch=None)[1]["batch"] is None
    crowd.control(action="close")
    assert crowd.ask("join_queue", "late", body={})[1]["phase"] == "closed"
    _, record = crowd.ask("show_room", "olga", groups=["organizer"])
    assert [change["action"] for change in record["changes"]] == [
        "close",
        *["change"] * 4,
        "resume",
        "pause",
        "open",
    ]
    assert {change["by"] for change in record["changes"]} == {"olga"}


@pytest.mark.parametrize("called_off", [True, False])
def test_a_room_ends_with_its_sale(called_off: bool) -> None:
    crowd = Crowd()
    ends = catalog.get_event(crowd.event_id).sale_ends_at
    for moment, phase in ((ends - timedelta(seconds=1), "serving"), (crowd.now if called_off else ends, "closed")):
        with harness.at(moment):
            tick_rooms.tick_rooms(moment)
        assert crowd.room.phase == phase
        if called_off:
            catalog.mark_cancelled(crowd.event_id)
    _, record = crowd.ask("show_room", "olga", groups=["organizer"])
    assert [(change["action"], change["by"]) for change in record["changes"]] == [
        ("close", "sale-over"),
        ("open", "olga"),
    ]


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("capacity", 0, "invalid-capacity"),
        ("capacity", -5, "invalid-capacity"),
        ("admissionsPerSecond", 0, "invalid-rate"),
        ("admissionsPerSecond", 501, "invalid-rate"),
        ("batch", {"people": 0, "everySeconds": 30}, "invalid"),
        ("drawAt", "2030-05-04T12:00:05Z", "invalid"),
    ],
)
def test_settings_that_make_no_sense(setting: str, value: object, expected: str) -> None:
    crowd = Crowd()
    crowd.event_id = open_event(waiting_room=True)
    status, problem = crowd.control(action="open", **{setting: value})
    assert (status, word(problem)) == (422, expected)


def test_an_event_without_a_waiting_room() -> None:
    crowd = Crowd()
    crowd.event_id = open_event()
    assert word(crowd.control(action="open")[1]) == "no-waiting-room"
    assert crowd.ask("join_queue", "ada", body={})[0] == 404
    assert crowd.ask("show_now", None)[0] == 404


def test_only_organizers_control_a_room() -> None:
    crowd = Crowd()
    assert crowd.ask("control_room", "eve", body={"action": "pause"})[0] == 403
    assert crowd.control(action="open")[0] == 409


@pytest.mark.parametrize("event_id", ["", "..", "x" * 3_000, "evt_0000000000000000", "evt_ÄÖÜ"])
def test_rooms_that_cannot_be(event_id: str) -> None:
    crowd = Crowd()
    crowd.event_id = event_id
    for verb, body in (("join_queue", {}), ("show_status", None), ("declare_ready", None), ("show_proof", None)):
        assert crowd.ask(verb, "ada", **({"body": body} if body is not None else {}))[0] == 404
    assert crowd.ask("show_now", None)[0] == 404
