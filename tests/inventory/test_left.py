"""What is left: sold out and back on sale by itself, counted seldom; and what a look at the map reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from botocore.client import BaseClient

import catalog
from inventory import left, project_seats, snapshots
from inventory.project_seats import RowChange
from inventory.seats import FREE, sold
from tests import harness
from tests.inventory.house import NOON, chart, hold, open_event, project, put_on_sale, records, release, rows_now

SOLD = sold("ord_06h00kb4qpnec80r")
ROWS = {("stalls", 0): 10, ("stalls", 1): 10, ("balcony", 0): 6, ("floor", 0): 48, ("floor", 1): 12}


def availability(event_id: str) -> Any:
    """As the event's own answer has it."""
    _, event, _ = harness.call("catalog.show_event", path={"eventId": event_id})
    return event["availability"]


def change(event_id: str, row: tuple[str, int], version: int, taken: int) -> RowChange:
    """A row of which the first so many seats are sold."""
    return RowChange(event_id, *row, version, [SOLD] * taken + [FREE] * (ROWS[row] - taken), ())


@contextmanager
def asked() -> Iterator[list[str]]:
    """The names of all calls to DynamoDB meanwhile, whoever makes them."""
    calls: list[str] = []
    call = BaseClient._make_api_call

    def noted(self: BaseClient, operation: str, request: Any) -> Any:
        if self.meta.service_model.service_name == "dynamodb":
            calls.append(operation)
        return call(self, operation, request)

    with mock.patch.object(BaseClient, "_make_api_call", noted):
        yield calls


def test_sold_out_and_back_on_sale_by_itself() -> None:
    event_id = open_event()
    assert availability(event_id) == "available"
    project_seats.project_seats([change(event_id, row, 1, size) for row, size in ROWS.items()], NOON)
    assert availability(event_id) == "none"
    project_seats.project_seats([change(event_id, ("balcony", 0), 2, 5)], NOON)
    assert availability(event_id) == "few"
    project_seats.project_seats([change(event_id, ("balcony", 0), 3, 6)], NOON)
    assert availability(event_id) == "none"
    project_seats.project_seats([change(event_id, ("floor", 0), 2, 0)], NOON)
    assert availability(event_id) == "available"


def test_the_last_seat_held_and_given_back() -> None:
    """The same through the doors: held seats are not left either."""
    event_id = open_event(chart(floor=1), limit_per_person=16)
    seats = [f"{section}-{row}-{slot}" for (section, row), size in list(ROWS.items())[:3] for slot in range(size)]
    before = rows_now()
    _, held = hold(event_id, [*seats[:15], "floor-0-0"])
    assert hold(event_id, seats[15:], person="bob")[0] == 201
    project(records(before, rows_now()))
    assert availability(event_id) == "none"
    assert put_on_sale(event_id)[0] == 200
    assert availability(event_id) == "none", "nothing is left, however often the sale is opened"
    before = rows_now()
    release(held["holdId"])
    project(records(before, rows_now()))
    assert availability(event_id) == "available"


def test_a_sold_out_event_that_was_moved_is_sold_out_when_it_is_put_on_sale_again() -> None:
    event_id = open_event()
    project_seats.project_seats([change(event_id, row, 1, size) for row, size in ROWS.items()], NOON)
    event = catalog.get_event(event_id)
    later = event.starts_at + timedelta(days=7)
    catalog.mark_moved(event, catalog.moved_to(event, later, NOON + timedelta(days=14), NOON))
    assert put_on_sale(event_id)[0] == 200
    assert availability(event_id) == "none"


def test_a_second_try_counts_what_the_first_did_not_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    event_id = open_event()
    everything = [change(event_id, row, 1, size) for row, size in ROWS.items()]
    with monkeypatch.context() as failing:
        failing.setattr(left, "settle", _fail)
        with pytest.raises(RuntimeError):
            project_seats.project_seats(everything, NOON)
    assert availability(event_id) == "available"
    project_seats.project_seats(everything, NOON)
    assert availability(event_id) == "none"


def _fail(*_: Any) -> None:
    raise RuntimeError("the function dies here")


@pytest.mark.parametrize(("looks_again", "stays"), [(True, "available"), (False, "none")])
def test_whoever_writes_last_has_looked_last(looks_again: bool, stays: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between one function's look and its write, another frees seats and settles. Without the second look, the
    first one's older word stays."""
    event_id = open_event()
    project_seats.project_seats([change(event_id, row, 1, size) for row, size in ROWS.items()], NOON)
    catalog.record_availability(event_id, 86, 86)
    record, pending = catalog.record_availability, [change(event_id, ("floor", 0), 2, 0)]

    def overtaken(*counted: Any) -> bool:
        if pending:
            project_seats.project_seats([pending.pop()], NOON)
        return record(*counted) and looks_again

    monkeypatch.setattr(catalog, "record_availability", overtaken)
    left.settle(event_id, NOON)
    assert availability(event_id) == stays


def test_a_change_that_passes_no_mark_counts_nothing() -> None:
    event_id = open_event(chart(floor=48 * 20))
    row = [SOLD] * 2 + [FREE] * 46
    with asked() as calls:
        project_seats.project_seats([RowChange(event_id, "floor", 3, 1, row, ())], NOON)
        assert calls == ["UpdateItem"]
        project_seats.project_seats([RowChange(event_id, "floor", 4, 1, [SOLD] * 48, ())], NOON)
        assert calls[:3] == ["UpdateItem", "UpdateItem", "Query"]


@pytest.mark.parametrize("verb", ["show_seatmap", "show_availability"])
def test_a_look_at_the_map_is_a_single_read(verb: str) -> None:
    event_id = open_event()
    harness.call(f"inventory.{verb}", path={"eventId": event_id}, now=NOON)
    with asked() as calls:
        status, *_ = harness.call(f"inventory.{verb}", path={"eventId": event_id}, now=NOON)
    assert (status, calls) == (200, ["Query"])


def test_a_mark_is_none_only_when_nothing_is_left() -> None:
    whole = snapshots.all_free("floor", 0, [48] * 20, ["stand"])
    one = whole.with_rows({row: snapshots.RowBits(1, int(row == 7)) for row in range(20)})
    none = whole.with_rows({row: snapshots.RowBits(1, 0) for row in range(20)})
    assert (whole.mark, one.mark, none.mark) == (snapshots.MARKS, 1, 0)


def test_a_batch_may_touch_every_row_of_a_vast_floor() -> None:
    """A hundred and twenty rows are more than one write's conditions may name."""
    event_id = open_event(chart(floor=48 * 120))
    project_seats.project_seats([RowChange(event_id, "floor", row, 1, [SOLD] * 48, ()) for row in range(120)], NOON)
    (floor,) = snapshots.load_sections(event_id, ["floor"]).sections
    assert (floor.available, floor.version) == (0, 120)
    assert availability(event_id) == "few"
