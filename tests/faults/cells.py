"""The fault matrix, a row a cell: what must be true once things are quiet again.

S1 accept order, S2 validate hold, S3 assess fraud, S4 authorise payment, S5 confirm seats, S6 capture, S7 issue
tickets, S8 notify; CB crash before the effect, CA crash after it but before it is recorded, TO timeout with unknown
outcome, DUP duplicate delivery, OOO out-of-order webhook, THR throttling, POI poison message. `race` is the lost one.

A cell with `during` is played once for every call that this step makes and every way in `hows` to spoil it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.stage import Stage
from tests.faults.trouble import Fault
from tests.faults.world import World

Act = Callable[[Stage], None]


@dataclass(frozen=True)
class Cell:
    step: str
    fault: str
    text: str
    act: Act
    during: str = ""
    hows: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    """Invariants that this cell breaks on purpose, since it takes a person to go on."""

    def __str__(self) -> str:
        return f"{self.step}-{self.fault}"


CELLS: list[Cell] = []


def cell(
    step: str, fault: str, text: str, during: str = "", hows: tuple[str, ...] = (), excused: tuple[str, ...] = ()
) -> Callable[[Act], Act]:
    """Put a row into the table."""

    def add(act: Act) -> Act:
        CELLS.append(Cell(step, fault, text, act, during, hows, excused))
        return act

    return add


def play(row: Cell, every: int = 1) -> int:
    """Play a cell in its variations, or one in `every`; AssertionError where it does not hold. How many it played."""
    plans: list[Fault | None] = [None]
    if row.during:
        calls = _played(row, None, only_count=True)
        faults = [Fault(how, row.during, skip=number) for how in row.hows for number in range(calls)]
        plans = [*faults[::every]]
    for plan in plans:
        _played(row, plan)
    return len(plans)


def _played(row: Cell, plan: Fault | None, *, only_count: bool = False) -> int:
    world = World()
    with world.entered():
        stage = Stage(world)
        calls = world.calls[row.during]
        if plan:
            world.trouble.plan(plan)
        row.act(stage)
        if not only_count:
            assert world.trouble.is_over and not world.meanwhile, f"{row}: nothing went wrong"
        calls = world.calls[row.during] - calls
        found = [one for one in stage.rest() if one.partition(" ")[0] not in row.excused]
        assert not found, (str(row), plan, found)
    return calls
