"""The map is what the rows say, however often and in whatever order their records come, and can be made again."""

from __future__ import annotations

import base64
import random
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from inventory import project_seats, rebuild_map, snapshots
from inventory.project_seats import RowChange
from inventory.seats import FREE, held, is_on_the_map, sold
from inventory.snapshots import RowBits
from inventory.writes import Refused
from kit import ids, settings
from tests import harness
from tests.inventory.house import LEASE, NOON, free_seats, hold, open_event, project, records, release, rows_now, word

ROWS = {("stalls", 0): 10, ("stalls", 1): 10, ("balcony", 0): 6, ("floor", 0): 48, ("floor", 1): 12}
FIRST_IN_MAP = {("stalls", 0): 0, ("stalls", 1): 10, ("balcony", 0): 20, ("floor", 0): 26, ("floor", 1): 74}
VALUES = (FREE, held("hld_06h00kb0a2s81j9v", NOON + LEASE), sold("ord_06h00kb4qpnec80r"))


def rebuild(event_id: str, groups: tuple[str, ...] = ("operator",)) -> tuple[int, Any]:
    path = {"eventId": event_id}
    status, answer, _ = harness.call("inventory.rebuild_map", path=path, person="otto", groups=groups, now=NOON)
    return status, answer


def sections_of(event_id: str) -> dict[str, dict[str, Any]]:
    """The map's items as they stand."""
    page = settings.client("dynamodb").scan(TableName="test-inventory")
    return {item["sk"]["S"]: item for item in page["Items"] if item["pk"]["S"] == f"S#{event_id}"}


def lose_the_map(event_id: str) -> None:
    for section in ("stalls", "balcony", "floor"):
        key = {"pk": {"S": f"S#{event_id}"}, "sk": {"S": section}}
        settings.client("dynamodb").delete_item(TableName="test-inventory", Key=key)


def a_sale() -> tuple[str, list[dict[str, Any]]]:
    """An event of which some seats were held and some given back, and the stream of it."""
    event_id = open_event()
    stream, before = [], rows_now()
    wanted = [("ada", ["stalls-0-0", "balcony-0-2"]), ("bob", ["floor-0-7", "floor-1-3"]), ("cyd", ["stalls-1-9"])]
    for person, seats in wanted:
        held_id = hold(event_id, seats, person=person)[1]["holdId"]
        if person == "bob":
            release(held_id, person=person)
        stream += records(before, before := rows_now())
    return event_id, stream


def test_a_lost_map_is_made_again_bit_for_bit() -> None:
    event_id, stream = a_sale()
    project(stream)
    as_projected, shown = sections_of(event_id), free_seats(event_id)
    assert shown.count("1") == 83
    lose_the_map(event_id)
    status, answer = rebuild(event_id)
    assert (status, answer["available"], answer["seatCount"], answer["rowsMended"]) == (200, 83, 86, 5)
    assert sections_of(event_id) == as_projected
    assert free_seats(event_id) == shown


def test_a_wrong_map_is_put_right_and_a_right_one_left_alone() -> None:
    event_id, stream = a_sale()
    project(stream)
    as_projected = sections_of(event_id)
    for section, row, wrong in [("stalls", "r0", RowBits(1, 0)), ("floor", "r1", RowBits(99, 2**47))]:
        settings.client("dynamodb").update_item(
            TableName="test-inventory",
            Key={"pk": {"S": f"S#{event_id}"}, "sk": {"S": section}},
            UpdateExpression=f"SET {row} = :wrong",
            ExpressionAttributeValues={":wrong": {"B": wrong.packed()}},
        )
    assert rebuild(event_id)[1]["rowsMended"] == 2
    assert sections_of(event_id) == as_projected
    assert rebuild(event_id)[1]["rowsMended"] == 0


def test_what_the_projector_brings_during_a_rebuild_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the base and the write, a seat is sold and projected."""
    event_id, stream = a_sale()
    mend = snapshots.mend

    def late(*asked: Any) -> None:
        if stream:
            before = rows_now()
            hold(event_id, ["stalls-0-5"], person="dan")
            project([*stream, *records(before, rows_now())])
            stream.clear()
        mend(*asked)

    monkeypatch.setattr(snapshots, "mend", late)
    assert rebuild(event_id)[0] == 200
    assert free_seats(event_id)[5] == "0"
    assert rebuild(event_id)[1]["rowsMended"] == 0


def test_a_map_that_never_stands_still_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(*asked: Any) -> None:
        raise Refused([], certain=True)

    event_id, _ = a_sale()
    monkeypatch.setattr(snapshots, "mend", moved)
    status, problem = rebuild(event_id)
    assert (status, word(problem)) == (503, "busy")


def test_only_operators_rebuild() -> None:
    assert rebuild(open_event(), groups=("organizer",))[0] == 403
    assert rebuild("evt_0000000000000000")[0] == 404
    assert word(rebuild(open_event(on_sale=False))[1]) == "not-on-sale-yet"


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[tuple[tuple[str, int], int, tuple[int, ...]]], list[list[int]]]:
    """Writes of rows, each with the state it left; and their records in batches: shuffled, repeated, replayed.

    A seat that is sold stays so.
    """
    seed = draw(st.integers(0, 2**32))
    chance = random.Random(seed)
    states = {row: [0] * size for row, size in ROWS.items()}
    versions = dict.fromkeys(ROWS, 0)
    writes = []
    for _ in range(draw(st.integers(1, 25))):
        row = chance.choice(list(ROWS))
        for slot in chance.sample(range(ROWS[row]), 3):
            if states[row][slot] != 2:
                states[row][slot] = chance.randrange(3)
        versions[row] += 1
        writes.append((row, versions[row], tuple(states[row])))
    order = list(range(len(writes))) * draw(st.integers(1, 2)) + chance.choices(range(len(writes)), k=5)
    chance.shuffle(order)
    cuts = sorted(chance.sample(range(len(order)), min(6, len(order))))
    return writes, [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@hypothesis.settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_any_delivery_makes_the_map_that_a_rebuild_makes(
    drawn: tuple[list[tuple[tuple[str, int], int, tuple[int, ...]]], list[list[int]]],
) -> None:
    """And on the way there, no seat is shown as free once the record that sold it was projected."""
    writes, batches = drawn
    event_id = open_event(event_id=ids.new("evt", NOON))
    changes = [
        RowChange(event_id, *row, version, [VALUES[value] for value in state], ()) for row, version, state in writes
    ]
    gone: set[int] = set()
    for batch in batches:
        project_seats.project_seats([changes[index] for index in batch], NOON)
        for index in batch:
            row, _, state = writes[index]
            gone |= {FIRST_IN_MAP[row] + slot for slot, value in enumerate(state) if value == 2}
        shown = bits(event_id)
        assert not {seat for seat in gone if shown[seat] == "1"}
    write_base(changes)
    as_projected = snapshots.load(event_id)
    lose_the_map(event_id)
    rebuild_map.rebuild_map(event_id, NOON)
    assert snapshots.load(event_id) == as_projected
    newest = {(change.section, change.row): change for change in changes}
    assert bits(event_id)[:86] == "".join(
        "1" if is_on_the_map(value) else "0"
        for row, size in ROWS.items()
        for value in (newest[row].values if row in newest else [FREE] * size)
    )


def bits(event_id: str) -> str:
    return "".join(format(byte, "08b") for byte in base64.b64decode(snapshots.load(event_id).bitmap()))


def write_base(changes: list[RowChange]) -> None:
    """Rows as the last of these changes left them."""
    newest = {(change.section, change.row): change for change in changes}
    for change in newest.values():
        item = {f"s{slot}": {"B": value} for slot, value in enumerate(change.values)}
        key = {"pk": {"S": f"R#{change.event_id}#{change.section}#{change.row}"}, "sk": {"S": "row"}}
        version = {"ver": {"N": str(change.version)}}
        settings.client("dynamodb").put_item(TableName="test-inventory", Item={**key, **version, **item})


def test_without_comparing_versions_an_older_record_frees_a_sold_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard that all of this stands on."""
    event_id = open_event()
    states = [(1, VALUES[1]), (2, VALUES[2])]
    free = RowChange(event_id, "stalls", 0, 1, [FREE] * 10, ())
    taken = [RowChange(event_id, "stalls", 0, version + 1, [value] * 10, ()) for version, value in states]
    project_seats.project_seats([taken[1]], NOON)
    project_seats.project_seats([free], NOON)
    assert free_seats(event_id)[:10] == "0" * 10
    newer = snapshots._newer_rows

    def unguarded(*asked: Any) -> dict[str, Any]:
        update = newer(*asked)
        values = {name: value for name, value in update["ExpressionAttributeValues"].items() if name[:2] == ":r"}
        return {**update, "ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": values}

    monkeypatch.setattr(snapshots, "_newer_rows", unguarded)
    project_seats.project_seats([free], NOON)
    assert free_seats(event_id)[:10] == "1" * 10
