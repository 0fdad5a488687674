"""A small house is called off; `make bench-refunds` does the same with twenty thousand seats."""

from __future__ import annotations

from tests.faults import called_off


def test_everybody_gets_everything_back_once_whatever_happens_meanwhile() -> None:
    told = called_off.run(480)
    assert told.violations == []
    assert (told.refunds, told.repeats, told.orders) == (120, 0, 120)
    assert (told.end["status"], told.end["done"], told.end["failed"]) == ("finished", 120, 0)
    assert told.refused > 0
    assert 0 < told.stopped_at < 120 and told.moved_while_stopped == 0
