"""An event that is published twice at once is published once: no seat that was taken meanwhile becomes free again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from inventory import rows
from kit import settings
from local.cloud import LocalCloud
from tests import harness
from tests.inventory.house import NOON, chart, hold, open_event, put_on_sale, word

PUBLISHERS = 8


def test_a_publication_held_up_until_seats_are_held_takes_none_back(monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = open_event(on_sale=False)
    create = rows.create

    def late(*sizes: Any) -> None:
        """Between reading the event and writing its rows, another publication ends and somebody takes a seat."""
        monkeypatch.setattr(rows, "create", create)
        assert put_on_sale(event_id)[0] == 200
        assert hold(event_id, ["stalls-0-3"])[0] == 201
        create(*sizes)

    monkeypatch.setattr(rows, "create", late)
    status, answer, _ = put_on_sale(event_id)
    assert (status, answer["seatCount"]) == (200, chart().seat_count)
    taken = hold(event_id, ["stalls-0-3"], person="bob")
    assert (taken[0], word(taken[1])) == (409, "seats-unavailable")


def test_a_refused_publication_leaves_nothing_behind() -> None:
    event_id = open_event(on_sale=False)
    status, problem, _ = put_on_sale(event_id, NOON + timedelta(days=31))
    assert (status, word(problem)) == (409, "event-not-sellable")
    assert settings.client("dynamodb").scan(TableName="test-inventory")["Items"] == []


def test_many_publications_at_once_make_one_house(local_cloud: LocalCloud) -> None:
    with harness.on(local_cloud):
        house_chart = chart(floor=48 * 120)
        seat_count = house_chart.seat_count
        event_id = open_event(house_chart, on_sale=False)
        ready = threading.Barrier(PUBLISHERS)

        def publish(number: int) -> tuple[int, Any]:
            ready.wait(timeout=30)
            status, answer, _ = put_on_sale(event_id)
            return status, answer.get("status")

        with ThreadPoolExecutor(PUBLISHERS) as pool:
            outcomes = list(pool.map(publish, range(PUBLISHERS)))
        assert set(outcomes) == {(200, "on_sale")}
        assert hold(event_id, ["stalls-0-3"])[0] == 201
        house = all_rows()
        slots = [name for row in house for name in row if name.startswith("s") and name[1:].isdigit()]
        assert len(slots) == seat_count
        assert put_on_sale(event_id)[0] == 200
        assert all_rows() == house


def all_rows() -> list[dict[str, Any]]:
    """Every row item, whichever account's."""
    pages = settings.client("dynamodb").get_paginator("scan").paginate(TableName=settings.env("TABLE_INVENTORY"))
    items = [item for page in pages for item in page["Items"] if item["sk"]["S"] == "row"]
    return sorted(items, key=lambda item: str(item["pk"]["S"]))
