"""What a function remembers of charts: the sections used last, and no more."""

from __future__ import annotations

import pytest

from inventory import sections
from tests.inventory.house import hold, open_event


def test_a_section_that_is_forgotten_while_another_is_read_is_answered_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event_id = open_event()
    hold(event_id, ["stalls-0-0"])
    monkeypatch.setattr(sections, "REMEMBERED_MAX", 1)
    assert hold(event_id, ["stalls-0-0", "balcony-0-4"])[0] == 201
