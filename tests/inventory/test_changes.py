"""Whoever reads the map at any moment and then follows the messages has the map: never a seat that is wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import changes
from inventory.changes import SectionChange, changes_between
from inventory.seats import SLOTS, parse
from inventory.snapshots import RowBits, SectionBits, Snapshot

SIZES = bytes([3, 5])
Rows = tuple[RowBits, ...]


def section(rows: Rows) -> SectionBits:
    return SectionBits("stalls", 0, SIZES, ["best"], list(rows))


def between(before: Rows, after: Rows) -> SectionChange | None:
    found = changes_between({"stalls": section(before).packed()}, Snapshot([section(after)]))
    return found[0] if found else None


def free(row: int) -> int:
    return ((1 << SIZES[row]) - 1) << (SLOTS - SIZES[row])


@st.composite
def histories(draw: st.DrawFn) -> list[Rows]:
    """The states of a section, one write after the other: each takes and frees some seats of one row."""
    states: list[Rows] = [tuple(RowBits(0, free(row)) for row in range(len(SIZES)))]
    for row, flips in draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 31)), max_size=14)):
        now = list(states[-1])
        bits = now[row].bits ^ ((flips << (SLOTS - 5)) & free(row))
        now[row] = RowBits(now[row].version + 1, bits)
        states.append(tuple(now))
    return states


def follow(states: list[Rows], told: list[int], read: int) -> Rows | None:
    """A client that reads the state `read` and then gets a message for each step of `told`; None after a gap."""
    version, bits = section(states[read]).version, [row.bits for row in states[read]]
    for change in (between(states[last], states[now]) for last, now in pairwise(told)):
        if change is None or change.version <= version:
            continue
        if change.since > version:
            return None
        for seat_id, is_free in [*((s, False) for s in change.taken), *((s, True) for s in change.freed)]:
            seat = parse(seat_id)
            bit = 1 << (SLOTS - 1 - seat.slot)
            bits[seat.row] = bits[seat.row] | bit if is_free else bits[seat.row] & ~bit
        version = change.version
    return tuple(RowBits(state.version, now) for state, now in zip(states[told[-1]], bits, strict=True))


def check(states: list[Rows], told: list[int], read: int) -> None:
    seen = follow(states, told, read)
    if read < told[0]:
        assert seen is None or states[told[0]] == states[told[-1]]
    elif read <= told[-1]:
        assert seen == states[told[-1]]


ticks = st.lists(st.integers(0, 14), min_size=1, max_size=5)


@settings(max_examples=300, deadline=None)
@given(histories(), ticks, st.integers(0, 14))
def test_following_from_any_moment_makes_the_same_map(states: list[Rows], told: list[int], read: int) -> None:
    last = len(states) - 1
    check(states, sorted({min(index, last) for index in told}), min(read, last))


def test_without_listing_rewritten_rows_whole_a_map_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken, read, freed, all within one message's time: the reader would keep the seat as taken."""
    start = (RowBits(0, free(0)), RowBits(0, free(1)))
    taken = (RowBits(1, free(0) ^ 1 << (SLOTS - 1)), start[1])
    freed = (RowBits(2, free(0)), start[1])
    check([start, taken, freed], [0, 2], 1)
    monkeypatch.setattr(changes, "ALL", 0)
    with pytest.raises(AssertionError):
        check([start, taken, freed], [0, 2], 1)


def test_a_row_written_once_is_told_by_its_differences_alone() -> None:
    start = (RowBits(4, free(0)), RowBits(7, free(1)))
    change = between(start, (start[0], RowBits(8, free(1) ^ 0b11 << (SLOTS - 4))))
    assert change == SectionChange("stalls", 11, 12, ["stalls-1-2", "stalls-1-3"], [])


def test_nothing_has_changed() -> None:
    start = (RowBits(4, free(0)), RowBits(7, free(1)))
    assert between(start, start) is None


def test_of_an_unknown_past_every_row_that_was_ever_written_is_told() -> None:
    now = Snapshot([section((RowBits(0, free(0)), RowBits(3, free(1) ^ 1 << (SLOTS - 1))))])
    (change,) = changes_between({}, now)
    assert (change.since, change.version, change.taken) == (0, 3, ["stalls-1-0"])
    assert change.freed == [f"stalls-1-{slot}" for slot in range(1, 5)]
