"""Those who watch an event's map are told of it: at once, twice a second at most, each what they asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import msgspec
import pytest
from pynamodb.exceptions import GetError

from inventory import push_changes, told, watch_seats
from inventory.ticks import Tick
from inventory.told import EVERY_MAX, EVERY_MIN, LISTENERS_MAX, POSTS_PER_SECOND
from kit import clock, settings
from tests import harness
from tests.inventory.house import NOON, hold, open_event, project, records, release, rows_now, word
from tests.live.viewers import Gateway, gateway, leave, send, viewer

HALF_SECOND = timedelta(milliseconds=500)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    return gateway(monkeypatch)


def watch(connection: str, event_id: str, sections: Sequence[str] | None = None) -> Any:
    message = {"action": "watchSeats", "eventId": event_id}
    return send(connection, "inventory.watch_seats", message if sections is None else message | {"sections": sections})


def ticks() -> Iterator[Tick]:
    """What the projector put into the queue."""
    url = settings.client("sqs").get_queue_url(QueueName="test-ticks.fifo")["QueueUrl"]
    while messages := settings.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            settings.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            yield Tick(body["eventId"], datetime.fromisoformat(body["ends"]))


class Pushing:
    """The function that tells, with a clock that jumps to whatever it waits for."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.waits: list[timedelta] = []

    def tell(self, event_id: str, ends: datetime | None = None) -> None:
        push_changes.push_changes(Tick(event_id, ends or self.now + HALF_SECOND), self._wait_until)

    def _wait_until(self, moment: datetime) -> datetime:
        self.waits.append(max(moment - self.now, timedelta()))
        self.now = max(self.now, moment)
        return self.now


def change(event_id: str, seats: Sequence[str], person: str = "ada") -> str:
    """A hold that the map has seen."""
    before = rows_now()
    status, held = hold(event_id, seats, person=person)
    assert status == 201, held
    project(records(before, rows_now()))
    return str(held["holdId"])


def undo(hold_id: str, person: str = "ada") -> None:
    before = rows_now()
    release(hold_id, person=person)
    project(records(before, rows_now()))


def test_a_hold_is_told_at_once_and_a_release_too(fake: Gateway) -> None:
    event_id = open_event()
    answer = watch(viewer("c1"), event_id)
    assert answer == {"type": "seats.watching", "eventId": event_id, "version": 0, "everyMs": 500}
    pushing = Pushing()
    hold_id = change(event_id, ["stalls-0-3", "stalls-0-4"])
    pushing.tell(event_id)
    assert pushing.waits[0] == timedelta()
    first = fake.heard["c1"][0]
    assert (first["type"], first["version"], first["taken"]) == ("seats.changed", 1, ["stalls-0-3", "stalls-0-4"])
    undo(hold_id)
    pushing.tell(event_id)
    assert fake.heard["c1"][1:] == [
        {
            "type": "seats.changed",
            "eventId": event_id,
            "version": 2,
            "everyMs": 500,
            "sections": {"stalls": {"since": 1, "version": 2}},
            "taken": [],
            "freed": ["stalls-0-3", "stalls-0-4"],
        }
    ]


def test_messages_are_half_a_second_apart_and_the_last_change_is_told(fake: Gateway) -> None:
    """A change after a tick's message and within its half-second has no tick of its own."""
    event_id = open_event()
    watch(viewer("c1"), event_id)
    pushing = Pushing()
    change(event_id, ["stalls-0-0"])
    told_at: list[datetime] = []
    moment = pushing._wait_until

    def wait_until(due: datetime) -> datetime:
        if told_at:
            change(event_id, ["stalls-0-5"], "bob")
        told_at.append(moment(due))
        return told_at[-1]

    push_changes.push_changes(Tick(event_id, NOON + HALF_SECOND), wait_until)
    assert [heard["version"] for heard in fake.heard["c1"]] == [1, 2]
    assert told_at[1] - told_at[0] >= HALF_SECOND
    pushing.tell(event_id, NOON + HALF_SECOND)
    assert len(fake.heard["c1"]) == 2


def test_a_tick_that_comes_twice_or_late_tells_nothing_new(fake: Gateway) -> None:
    event_id = open_event()
    watch(viewer("c1"), event_id)
    pushing = Pushing()
    change(event_id, ["stalls-0-0"])
    for _ in range(3):
        pushing.tell(event_id, NOON + HALF_SECOND)
    assert len(fake.heard["c1"]) == 1


def test_a_table_that_does_not_answer_keeps_no_later_tick_back(fake: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that failed would come again minutes later, and the event's others after it."""
    event_id = open_event()
    watch(viewer("c1"), event_id)
    change(event_id, ["stalls-0-0"])
    tick = msgspec.json.encode(Tick(event_id, NOON)).decode()
    with monkeypatch.context() as broken:
        broken.setattr(told.ToldItem, "get", mock.Mock(side_effect=GetError("throttled")))
        push_changes.handler({"Records": [{"body": tick}]}, harness.CONTEXT)
    assert fake.heard["c1"] == []
    Pushing().tell(event_id)
    assert fake.heard["c1"][0]["taken"] == ["stalls-0-0"]


def test_each_hears_of_the_sections_they_watch(fake: Gateway) -> None:
    event_id = open_event()
    watch(viewer("all"), event_id)
    watch(viewer("some"), event_id, ["balcony", "floor"])
    pushing = Pushing()
    change(event_id, ["stalls-0-3"])
    pushing.tell(event_id)
    change(event_id, ["balcony-0-5", "stalls-1-0"], "bob")
    pushing.tell(event_id)
    assert [heard["taken"] for heard in fake.heard["all"]][1] == ["stalls-1-0", "balcony-0-5"]
    (heard,) = fake.heard["some"]
    assert heard["taken"] == ["balcony-0-5"]
    assert heard["sections"] == {"balcony": {"since": 0, "version": 1}}


def test_watching_again_replaces_what_was_watched(fake: Gateway) -> None:
    event_id = open_event()
    watch(viewer("c1"), event_id, ["balcony"])
    watch("c1", event_id, ["floor"])
    change(event_id, ["balcony-0-5"])
    Pushing().tell(event_id)
    assert fake.heard["c1"] == []


def test_nobody_is_told_after_leaving(fake: Gateway) -> None:
    event_id = open_event()
    watch(viewer("c1"), event_id)
    leave("c1")
    change(event_id, ["stalls-0-3"])
    pushing = Pushing()
    pushing.tell(event_id)
    assert (pushing.waits, dict(fake.heard)) == ([], {})


def test_whoever_begins_to_watch_learns_what_the_map_must_have(fake: Gateway) -> None:
    event_id = open_event()
    change(event_id, ["stalls-0-3"])
    assert watch(viewer("c1"), event_id)["version"] == 1


def test_too_many_changes_are_a_gap_that_the_map_fills(fake: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_changes, "SEATS_MAX", 2)
    event_id = open_event()
    watch(viewer("all"), event_id)
    watch(viewer("some"), event_id, ["balcony"])
    change(event_id, ["stalls-0-3", "stalls-0-4", "balcony-0-5"])
    told.save(event_id, told.Told(NOON, EVERY_MIN, {}))
    Pushing(NOON + HALF_SECOND).tell(event_id)
    (heard,) = fake.heard["all"]
    assert (heard["taken"], heard["freed"]) == ([], [])
    assert heard["sections"]["stalls"] == {"since": 1, "version": 1}


def test_the_more_watch_the_less_often_they_are_told() -> None:
    assert told.pace(1) == told.pace(250) == EVERY_MIN
    assert told.pace(POSTS_PER_SECOND * 3) == timedelta(seconds=3)
    assert told.pace(LISTENERS_MAX) == told.pace(10**6) == EVERY_MAX


def test_a_wide_audience_waits_for_its_pace(fake: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "POSTS_PER_SECOND", 1)
    event_id = open_event()
    for connection in ("c1", "c2", "c3"):
        watch(viewer(connection), event_id)
    pushing = Pushing()
    change(event_id, ["stalls-0-0"])
    pushing.tell(event_id)
    change(event_id, ["stalls-0-1"], "bob")
    began = told.load(event_id).at
    pushing.tell(event_id)
    assert [heard["everyMs"] for heard in fake.heard["c1"]] == [3000, 3000]
    assert told.load(event_id).at - began >= timedelta(seconds=3)
    assert watch("c1", event_id)["everyMs"] == 3000


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"eventId": "evt_0000000000000000"}, "not-found"),
        ({"eventId": "../evt"}, "not-found"),
        ({}, "invalid"),
        ({"eventId": "EVENT", "sections": ["stalls", "nowhere"]}, "unknown-section"),
        ({"eventId": "EVENT", "sections": ["stalls"] * 201}, "invalid"),
        ({"eventId": "EVENT", "personId": "bob"}, "unknown-field"),
    ],
)
def test_what_cannot_be_watched(message: dict[str, Any], problem: str, fake: Gateway) -> None:
    event_id = open_event()
    message = {"action": "watchSeats", **message}
    if message.get("eventId") == "EVENT":
        message["eventId"] = event_id
    answer = send(viewer("c1"), "inventory.watch_seats", message)
    assert (answer["type"], answer["action"], word(answer["problem"])) == ("refused", "watchSeats", problem)
    change(event_id, ["stalls-0-3"])
    Pushing().tell(event_id)
    assert not fake.heard


def test_no_map_to_watch_before_there_are_seats() -> None:
    answer = watch(viewer("c1"), open_event(on_sale=False))
    assert word(answer["problem"]) == "not-on-sale-yet"


def test_the_projector_ticks_once_a_half_second_and_event() -> None:
    first, second = open_event(), open_event()
    with harness.at(NOON + timedelta(milliseconds=130)):
        before = rows_now()
        for number, event_id in enumerate([first, second, first]):
            hold(event_id, [f"stalls-0-{number}"], person=f"p{number}")
            project(records(before, rows_now()), NOON + timedelta(milliseconds=130 + number))
            before = rows_now()
    found = sorted((tick.event_id, tick.ends) for tick in ticks())
    assert found == sorted([(first, NOON + HALF_SECOND), (second, NOON + HALF_SECOND)])
    change(first, ["stalls-1-0"], "p9")
    assert clock.to_ms(next(ticks()).ends) % 500 == 0


def test_whoever_watches_another_event_is_told_of_that_one_alone(fake: Gateway) -> None:
    first, second = open_event(), open_event()
    watch(viewer("c1"), first)
    watch("c1", second)
    change(first, ["stalls-0-3"])
    change(second, ["stalls-0-4"])
    for event_id in (first, second):
        Pushing().tell(event_id)
    assert [heard["eventId"] for heard in fake.heard["c1"]] == [second]


def test_the_channel_is_the_event() -> None:
    assert watch_seats.channel("evt_1") != watch_seats.channel("evt_2")
