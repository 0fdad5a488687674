"""Every cell of the fault matrix; `make faults` plays each in all its variations, this some of them."""

from __future__ import annotations

import pytest

from tests.faults import cells_after_money, cells_before_money, cells_of_money  # noqa: F401  they fill the table
from tests.faults.cells import CELLS, Cell, play

EVERY = 12
STEPS = [f"S{number}" for number in range(1, 9)]
FAULTS = ["CB", "CA", "TO", "DUP", "OOO", "THR", "POI"]


def test_the_table_is_complete() -> None:
    """55 cells, since no webhook tells of seats, and the lost race."""
    wanted = {(step, fault) for step in STEPS for fault in FAULTS} - {("S5", "OOO")} | {("S5", "race")}
    assert {(row.step, row.fault) for row in CELLS} == wanted and len(CELLS) == 56


@pytest.mark.parametrize("row", CELLS, ids=str)
def test_a_cell_holds(row: Cell) -> None:
    play(row, every=EVERY)
