"""Conflicts and throttling: tried again within the request, then 503, and never "somebody else has these seats"."""

from __future__ import annotations

from typing import Any
from unittest import mock

import botocore.client
import pytest
from botocore.exceptions import ClientError

from inventory import writes
from tests import harness
from tests.inventory.conflicts import cancelled
from tests.inventory.house import NOON, hold, open_event, rows_now, show, word

TWO_ROWS = ["stalls-0-0", "stalls-1-0"]
TRIES = {False: writes.CONFLICTS_MAX, True: writes.ATTEMPTS}
"""In conflict; throttled."""


class Weather:
    """The first so many writes of rows are refused by what only stands in the way for a moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int, throttled: bool) -> None:
        call = botocore.client.BaseClient._make_api_call
        self.pauses: list[float] = []
        self.left = times

        def refuse(client: Any, operation: str, request: dict[str, Any]) -> Any:
            of_rows = operation == "TransactWriteItems" or (
                operation == "UpdateItem" and str(request["Key"]["pk"]).find("R#") >= 0
            )
            if not of_rows or not self.left:
                return call(client, operation, request)
            self.left -= 1
            if operation == "TransactWriteItems":
                code = "ThrottlingError" if throttled else "TransactionConflict"
                raise cancelled([code] * len(request["TransactItems"]))
            code = "ThrottlingException" if throttled else "TransactionConflictException"
            raise ClientError({"Error": {"Code": code, "Message": ""}}, operation)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refuse)
        monkeypatch.setattr(writes, "time", mock.Mock(sleep=self.pauses.append))


@pytest.mark.parametrize("throttled", [False, True])
@pytest.mark.parametrize("seats", [["stalls-0-0"], TWO_ROWS])
def test_what_stands_in_the_way_for_a_moment_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, throttled: bool, seats: list[str]
) -> None:
    event_id = open_event()
    weather = Weather(monkeypatch, TRIES[throttled] - 1, throttled)
    assert hold(event_id, seats)[0] == 201
    assert len(weather.pauses) == TRIES[throttled] - 1
    assert len(set(weather.pauses)) > 1, "everybody would come back at the same time"


@pytest.mark.parametrize("throttled", [False, True])
@pytest.mark.parametrize("seats", [["stalls-0-0"], TWO_ROWS])
def test_what_does_not_pass_is_503_and_nothing_is_held(
    monkeypatch: pytest.MonkeyPatch, throttled: bool, seats: list[str]
) -> None:
    event_id = open_event()
    before = rows_now()
    weather = Weather(monkeypatch, TRIES[throttled], throttled)
    body = {"eventId": event_id, "seatIds": seats}
    status, problem, headers = harness.call("inventory.hold_seats", body=body, person="ada", now=NOON)
    assert (status, word(problem), headers["retry-after"]) == (503, "busy", "1")
    assert weather.left == 0
    assert rows_now() == before
    assert hold(event_id, seats)[0] == 201


def test_so_it_is_for_a_replacement_and_the_first_hold_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = open_event()
    _, first = hold(event_id, ["stalls-0-1"])
    Weather(monkeypatch, writes.CONFLICTS_MAX, throttled=False)
    status, problem = hold(event_id, TWO_ROWS)
    assert (status, word(problem)) == (503, "busy")
    assert show(first["holdId"]) == (200, first)
    assert hold(event_id, TWO_ROWS)[0] == 201
    assert show(first["holdId"])[0] == 404


def test_a_seat_that_is_taken_is_told_though_another_row_is_in_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"], person="bob")
    Weather(monkeypatch, 1, throttled=False)
    status, problem = hold(event_id, TWO_ROWS)
    assert (status, word(problem), problem["seatIds"]) == (409, "seats-unavailable", ["stalls-0-0"])
