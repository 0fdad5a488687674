"""The map follows the rows: bitmap, versions, prices, duplicates and replays, and leases that end."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from inventory import expire_hold, leases, writes
from inventory.leases import LeaseEnd
from kit import settings
from tests import harness
from tests.inventory.house import (
    LEASE,
    NOON,
    chart,
    free_seats,
    hold,
    open_event,
    project,
    put_on_sale,
    records,
    release,
    rows_now,
    word,
)

SEATS = 10 + 10 + 6 + 60


def seatmap(event_id: str) -> tuple[int, Any, dict[str, str]]:
    return harness.call("inventory.show_seatmap", path={"eventId": event_id}, now=NOON)


def delayed_messages() -> int:
    queue = settings.client("sqs")
    url = queue.get_queue_url(QueueName="test-expiries")["QueueUrl"]
    name = "ApproximateNumberOfMessagesDelayed"
    return int(queue.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def deliver(message: dict[str, Any], now: Any) -> Any:
    record = {
        "messageId": "m1",
        "body": json.dumps(message),
        "eventSource": "aws:sqs",
        "receiptHandle": "r",
        "attributes": {},
        "messageAttributes": {},
    }
    with harness.at(now):
        return __import__("inventory.expire_hold", fromlist=["handler"]).handler({"Records": [record]}, harness.CONTEXT)


def test_a_new_event_shows_every_seat_free() -> None:
    event_id = open_event()
    status, answer, headers = seatmap(event_id)
    assert status == 200
    assert headers["cache-control"] == "public, max-age=1"
    assert answer["eventName"] == "Evening"
    assert answer["seatMapConfig"]["seatCount"] == SEATS
    assert answer["seatMapConfig"]["url"] == f"/charts/{answer['seatMapConfig']['hash']}.json"
    assert free_seats(event_id) == "1" * SEATS + "00"
    assert [section["section"] for section in answer["sectionPricing"]] == ["stalls", "balcony", "floor"]
    assert answer["sectionPricing"][0] == {
        "section": "stalls",
        "version": 0,
        "available": 20,
        "seatCount": 20,
        "priceMin": {"amount": 4200, "currency": "EUR"},
        "priceMax": {"amount": 8200, "currency": "EUR"},
    }


@pytest.mark.parametrize("shown", ["show_availability", "show_seatmap"])
def test_the_map_is_read_as_it_was_recorded_last(shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another copy of the table may be behind: there a seat that is sold is still free."""
    event_id = open_event()
    query = mock.Mock(wraps=writes.client().query)
    monkeypatch.setattr(writes.client(), "query", query)
    assert harness.call(f"inventory.{shown}", path={"eventId": event_id}, now=NOON)[0] == 200
    assert query.call_args.kwargs["ConsistentRead"] is True


@pytest.mark.parametrize("shown", ["show_availability", "show_seatmap"])
def test_a_map_that_cannot_be_read_now_can_be_asked_for_again(shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = open_event()
    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")
    monkeypatch.setattr(writes.client(), "query", mock.Mock(side_effect=throttled))
    monkeypatch.setattr("time.sleep", mock.Mock())
    status, problem, headers = harness.call(f"inventory.{shown}", path={"eventId": event_id}, now=NOON)
    assert (status, word(problem), "retry-after" in headers) == (503, "busy", True)


def test_a_hold_shows_once_it_is_projected_and_a_release_too() -> None:
    event_id = open_event()
    empty = rows_now()
    _, held = hold(event_id, ["stalls-1-0", "balcony-0-5", "floor-1-11"])
    taken = rows_now()
    project(records(empty, taken))
    shown = free_seats(event_id)
    assert [i for i, bit in enumerate(shown[:SEATS]) if bit == "0"] == [10, 25, 85]
    release(held["holdId"])
    project(records(taken, rows_now()))
    assert free_seats(event_id)[:SEATS] == "1" * SEATS


def test_duplicates_replays_and_disorder_leave_the_same_map() -> None:
    event_id = open_event()
    stream = []
    before = rows_now()
    for person, seats in [("ada", ["stalls-0-0"]), ("bob", ["stalls-0-1"]), ("ada", ["stalls-0-2", "floor-0-0"])]:
        hold(event_id, seats, person=person)
        after = rows_now()
        stream += records(before, after)
        before = after
    project(stream)
    in_order = free_seats(event_id)
    versions = [seatmap(event_id)[1]["version"]]
    shuffled = stream * 3
    random.Random(7).shuffle(shuffled)
    for start in range(0, len(shuffled), 2):
        project(shuffled[start : start + 2])
        assert free_seats(event_id) == in_order
        versions.append(seatmap(event_id)[1]["version"])
    assert len(set(versions)) == 1
    assert in_order.startswith("1001")


@pytest.mark.parametrize("left_ms", [1, 300, 599_001, 599_500, 599_999, 600_000])
def test_the_message_for_a_leases_end_is_due_within_a_second_of_it(
    monkeypatch: pytest.MonkeyPatch, left_ms: int
) -> None:
    """The map has two: the second one is for the way from there to the map."""
    queue = mock.Mock(**{"send_message_batch.return_value": {}})
    monkeypatch.setattr(settings, "client", lambda service: queue)
    left = timedelta(milliseconds=left_ms)
    leases.announce([LeaseEnd("evt_1", "hld_1", NOON + left, ["stalls-0-0"])], NOON)
    [message] = queue.send_message_batch.call_args.kwargs["Entries"]
    assert timedelta() < timedelta(seconds=message["DelaySeconds"]) - left <= timedelta(seconds=1)


def test_a_lease_that_ends_comes_back_to_the_map() -> None:
    event_id = open_event()
    empty = rows_now()
    _, held = hold(event_id, ["stalls-0-3", "stalls-0-4"])
    taken = rows_now()
    project(records(empty, taken))
    assert delayed_messages() == 1
    end = {
        "eventId": event_id,
        "holdId": held["holdId"],
        "until": held["heldUntil"],
        "seatIds": ["stalls-0-3", "stalls-0-4"],
    }
    assert deliver(end, NOON + LEASE - timedelta(seconds=30)) == {"batchItemFailures": []}
    assert delayed_messages() == 2
    assert rows_now() == taken
    deliver(end, NOON + LEASE + timedelta(seconds=1))
    project(records(taken, rows_now()))
    assert free_seats(event_id)[:SEATS] == "1" * SEATS


def test_a_lease_end_that_comes_late_or_twice_changes_nothing_for_others() -> None:
    event_id = open_event()
    _, held = hold(event_id, ["stalls-0-3", "stalls-0-4"])
    end = {
        "eventId": event_id,
        "holdId": held["holdId"],
        "until": held["heldUntil"],
        "seatIds": ["stalls-0-3", "stalls-0-4"],
    }
    later = NOON + LEASE + timedelta(seconds=5)
    hold(event_id, ["stalls-0-3"], person="bob", now=later)
    before = rows_now()
    deliver(end, later)
    after = rows_now()
    slots = after[f"R#{event_id}#stalls#0"]
    assert slots["s3"] == before[f"R#{event_id}#stalls#0"]["s3"]
    assert slots["s4"]["B"][:6] == bytes(6)
    deliver(end, later)
    assert rows_now() == after


def test_a_poisoned_message_fails_alone() -> None:
    event_id = open_event()
    _, held = hold(event_id, ["stalls-0-3"])
    good = {"eventId": event_id, "holdId": held["holdId"], "until": held["heldUntil"], "seatIds": ["stalls-0-3"]}
    batch = [
        {"messageId": name, "body": body, "eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
        for name, body in [("bad", "{"), ("good", json.dumps(good))]
    ]
    with harness.at(NOON + LEASE + timedelta(seconds=1)):
        answer = expire_hold.handler({"Records": batch}, harness.CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert hold(event_id, ["stalls-0-3"], person="bob")[0] == 201


def test_putting_on_sale_again_disturbs_nothing() -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-3"])
    before = rows_now()
    status, answer, _ = put_on_sale(event_id)
    assert (status, answer) == (200, {"eventId": event_id, "status": "on_sale", "seatCount": SEATS})
    assert rows_now() == before
    assert hold(event_id, ["stalls-0-3"], person="bob")[0] == 409


def test_a_broken_start_of_sale_is_finished_by_the_next() -> None:
    event_id = open_event(chart(floor=48 * 100), on_sale=False)
    table = settings.client("dynamodb")
    put_on_sale(event_id)
    rows = rows_now()
    for pk in list(rows)[::3]:
        table.delete_item(TableName="test-inventory", Key={"pk": {"S": pk}, "sk": {"S": "row"}})
    assert put_on_sale(event_id)[0] == 200
    assert rows_now() == rows


def test_only_organizers_put_events_on_sale() -> None:
    event_id = open_event(on_sale=False)
    status, problem, _ = harness.call("inventory.put_on_sale", path={"eventId": event_id}, person="ada")
    assert (status, word(problem)) == (403, "forbidden")
    cancelled = open_event(status="cancelled", on_sale=False)
    assert word(put_on_sale(cancelled)[1]) == "event-not-sellable"
    assert put_on_sale("evt_0000000000000000")[0] == 404


def test_no_map_before_there_are_seats() -> None:
    assert seatmap("evt_0000000000000000")[0] == 404
    status, problem, _ = seatmap(open_event(on_sale=False))
    assert (status, word(problem)) == (409, "not-on-sale-yet")
