"""Sales in bad weather go right; without its guards, a sale goes wrong. The long run is `make campaign`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation.__main__ import caught
from tests.simulation.guards import GUARDS, Missed
from tests.simulation.sale import Sale, Weather


@pytest.mark.parametrize("weather", Weather)
@pytest.mark.parametrize("seed", range(2))
def test_a_sale_in_bad_weather(seed: int, weather: Weather) -> None:
    sale = Sale(seed, weather=weather)
    sale.run()
    assert sum(order.outcome == "sold" for order in sale.auditor.orders.values())


@pytest.mark.parametrize(("guard", "known"), [*GUARDS.items()][::3], ids=lambda each: getattr(each, "__name__", ""))
def test_without_its_guard_a_sale_goes_wrong(guard: Callable[[], Any], known: Missed) -> None:
    assert caught(guard, known)


def test_the_same_seed_plays_the_same_sale() -> None:
    first, second = Sale(3), Sale(3)
    first.run()
    second.run()
    assert first.auditor.slots == second.auditor.slots
    assert first.world.injected == second.world.injected
