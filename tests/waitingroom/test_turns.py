"""Those near the head are told over the WebSocket when they are called and when they are let in; nobody else is."""

from __future__ import annotations

import json
from typing import Any

import pytest

import live
from kit import settings
from tests import harness
from tests.live.viewers import Gateway, gateway, send, viewer
from tests.test_house import ROOT
from tests.waitingroom.crowd import Crowd
from waitingroom import tell_turns, turns


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    return gateway(monkeypatch)


def watch(crowd: Crowd, person: str | None) -> Any:
    """As somebody's browser does; the connection has the person's name."""
    connection = viewer(person or "anybody", person, crowd.now)
    return send(connection, "waitingroom.watch_turn", {"action": "watchTurn", "eventId": crowd.event_id}, crowd.now)


def told() -> None:
    """What ticks have put into the queue so far is told."""
    queue = settings.client("sqs")
    url = queue.get_queue_url(QueueName="test-turns")["QueueUrl"]
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        tell_turns.handler({"Records": [{"body": message["Body"]} for message in messages]}, harness.CONTEXT)
        for message in messages:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def word(answer: Any) -> str:
    return str(answer["problem"]["type"].rpartition("/")[2])


def in_line(*people: str) -> Crowd:
    """One place, taken by ada; the others wait, in this order."""
    crowd = Crowd(capacity=1)
    crowd.admit("ada")
    for person in people:
        crowd.later(seconds=1)
        crowd.join(person)
    crowd.tick(3)
    return crowd


def test_one_is_told_when_called_and_when_let_in(fake: Gateway) -> None:
    crowd = in_line("bob")
    assert watch(crowd, "bob") == {"type": "turn.watching", "eventId": crowd.event_id, "called": False}
    crowd.leave("ada")
    crowd.tick(2)
    told()
    assert fake.heard["bob"] == [{"type": "turn.come", "eventId": crowd.event_id, "status": "called"}]
    crowd.ready("bob")
    crowd.tick(2)
    told()
    assert [each["status"] for each in fake.heard["bob"]] == ["called", "admitted"]


def test_whoever_was_called_before_listening_learns_it_at_once(fake: Gateway) -> None:
    crowd = Crowd()
    crowd.join("ada")
    crowd.tick(3)
    assert watch(crowd, "ada")["called"] is True


def test_nobody_is_told_of_anothers_turn(fake: Gateway) -> None:
    people = [f"p{number:02}" for number in range(12)]
    crowd = in_line(*people)
    waiting = [person for person in people if crowd.status(person)["status"] == "queued"]
    for person in waiting:
        assert watch(crowd, person)["called"] is False
    crowd.control(action="change", capacity=4)
    for _ in range(5):
        crowd.tick()
        told()
        called = {person for person in waiting if crowd.status(person)["status"] == "called"}
        assert set(fake.heard) == called
    assert 0 < len(called) < len(waiting)


def test_far_from_the_head_one_goes_on_reading_the_document(fake: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = in_line("bob", "cyd", "dan", "eve")
    monkeypatch.setattr(turns, "NEAR_PEOPLE", 1)
    monkeypatch.setattr(turns, "NEAR_SECONDS", 0)
    refused = watch(crowd, "eve")
    assert word(refused) == "turn-not-near"
    assert refused["problem"]["position"] == crowd.status("eve")["position"]
    crowd.leave("ada")
    crowd.tick(3)
    told()
    assert not fake.heard


def test_only_who_is_in_line_and_known_may_listen(fake: Gateway) -> None:
    crowd = in_line("bob")
    assert word(watch(crowd, None)) == "unauthenticated"
    assert word(watch(crowd, "nobody")) == "not-in-line"
    crowd.event_id = "evt_0000000000000000"
    assert word(watch(crowd, "cyd")) == "not-found"


def test_a_dead_connection_is_forgotten_and_the_others_hear(fake: Gateway) -> None:
    crowd = in_line("bob", "cyd")
    for person in ("bob", "cyd"):
        watch(crowd, person)
    fake.gone.add("bob")
    crowd.control(action="change", capacity=3)
    crowd.tick(3)
    told()
    assert [each["status"] for each in fake.heard["cyd"]] == ["called"]
    assert [each.connection_id for each in live.listeners(turns.channel(crowd.event_id), 9)] == ["cyd"]


def test_samples_of_turns_are_accepted(fake: Gateway) -> None:
    sample = json.loads((ROOT / "events/waitingroom/tell_turns.json").read_text())
    tell_turns.handler(sample, harness.CONTEXT)
