"""Connections: who may open one, what they may listen to, and that the dead are forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

import live
from kit import clock, settings
from live import posting
from tests import harness
from tests.live.viewers import NOON, connect, gateway, leave, send, ticket, viewer

CHANNEL = "seats#evt_1"


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with harness.aws():
        yield


def listening(channel: str = CHANNEL) -> set[str]:
    return {listener.connection_id for listener in live.listeners(channel, 100)}


def test_a_ticket_opens_one_connection() -> None:
    once = ticket()
    assert connect("c1", once) == 200
    assert connect("c2", once) == 401


@pytest.mark.parametrize("wrong", ["", "no-such-ticket"])
def test_no_connection_without_a_ticket(wrong: str) -> None:
    assert connect("c1", wrong) == 401


def test_a_ticket_grows_old_whether_or_not_its_record_is_gone() -> None:
    old = ticket(now=NOON)
    assert connect("c1", old, now=NOON + timedelta(seconds=31)) == 401
    assert connect("c1", old, now=NOON + timedelta(seconds=29)) == 200


def test_no_connection_around_the_edge() -> None:
    good = ticket()
    assert connect("c1", good, secret="something else") == 403
    assert connect("c1", good) == 200


def test_a_connection_is_the_person_who_made_the_ticket() -> None:
    viewer("c1", "ada")
    viewer("c2")
    assert (live.person_of("c1"), live.person_of("c2"), live.person_of("c3")) == ("ada", None, None)


def test_a_token_that_is_sent_for_a_ticket_has_to_be_valid() -> None:
    status, problem, _ = harness.call("live.issue_ticket", headers={"authorization": "Bearer nonsense"})
    assert (status, problem["type"].rpartition("/")[2]) == (401, "invalid-token")


def test_who_leaves_is_forgotten_on_every_channel() -> None:
    for connection in ("c1", "c2"):
        viewer(connection)
        live.listen(connection, CHANNEL, NOON)
        live.listen(connection, "order#1", NOON)
    leave("c1")
    leave("c1")
    assert (listening(), listening("order#1")) == ({"c2"}, {"c2"})
    assert live.anybody(CHANNEL)
    leave("c2")
    assert not live.anybody(CHANNEL)


def test_nothing_is_told_to_a_connection_that_never_was() -> None:
    with pytest.raises(live.ConnectionEnded):
        live.listen("c1", CHANNEL, NOON)
    assert not live.anybody(CHANNEL)


def test_a_connection_listens_to_one_thing_of_a_kind() -> None:
    viewer("c1")
    for channel in ("seats#1", "order#1", "seats#2"):
        live.listen("c1", channel, NOON)
    assert [listening(channel) for channel in ("seats#1", "seats#2", "order#1")] == [set(), {"c1"}, {"c1"}]
    live.listen("c1", "seats#2", NOON, ["stalls"])
    assert [each.parts for each in live.listeners("seats#2", 9)] == [frozenset({"stalls"})]
    live.listen("c1", "seats#1", NOON)
    leave("c1")
    assert not any(live.anybody(channel) for channel in ("seats#1", "seats#2", "order#1"))


def test_the_dead_are_forgotten_and_the_others_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = gateway(monkeypatch)
    for number in range(6):
        viewer(f"c{number}")
        live.listen(f"c{number}", CHANNEL, NOON)
    fake.gone, fake.silent = {"c1", "c4"}, {"c2"}
    live.tell([(each, b'{"n":1}') for each in live.listeners(CHANNEL, 100)])
    assert set(fake.heard) == {"c0", "c3", "c5"}
    assert listening() == {"c0", "c2", "c3", "c5"}
    fake.silent = set()
    live.tell([(each, b'{"n":2}') for each in live.listeners(CHANNEL, 100)])
    assert fake.heard["c2"] == [{"n": 2}]


def test_slow_connections_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them than posts at once, each taking its whole timeout: the others are told meanwhile or before the
    end, and the end comes in time."""
    fake = gateway(monkeypatch)
    slow = {f"slow{number}" for number in range(posting.AT_ONCE * 2)}
    post = fake.post_to_connection

    def slowly(*, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        if ConnectionId in slow:
            time.sleep(0.2)
            fake.silent.add(ConnectionId)
        post(ConnectionId=ConnectionId, Data=Data)

    monkeypatch.setattr(fake, "post_to_connection", slowly)
    monkeypatch.setattr(posting, "SECONDS_MAX", 0.3)
    quick = {f"quick{number}" for number in range(posting.AT_ONCE // 2)}
    audience = [live.Listener(CHANNEL, name, None) for name in sorted(slow | quick)]
    began = time.monotonic()
    live.tell([(each, b"{}") for each in audience])
    assert time.monotonic() - began < 1
    assert set(fake.heard) == quick


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"action": 7}'])
def test_what_asks_for_nothing_we_know_is_refused_in_our_words(text: str) -> None:
    answer = send(viewer("c1"), "live.refuse_message", text)
    assert (answer["type"], answer["action"]) == ("refused", None)
    assert answer["problem"]["type"].endswith("/unknown-action")
    assert answer["problem"]["status"] == 400


def test_everything_here_expires_by_itself() -> None:
    viewer("c1")
    live.listen("c1", CHANNEL, NOON)
    ticket()
    table = settings.client("dynamodb").scan(TableName="test-live")["Items"]
    assert len(table) == 3
    latest = clock.to_ms(NOON + timedelta(hours=3)) // 1000
    assert all(0 < int(item["expires"]["N"]) < latest for item in table)
