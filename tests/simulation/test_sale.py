"""Sales in bad weather go right; without its guards, a sale goes wrong. The long run is `make proof`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation import guards
from tests.simulation.__main__ import caught
from tests.simulation.sale import Sale

QUICK = (
    guards.rows_are_taken_whatever_stands_there,
    guards.rows_are_taken_from_leases_that_run,
    guards.a_hold_tried_again_does_not_know_its_own_value,
    guards.a_sale_tried_again_does_not_know_its_own_value,
    guards.a_replacement_takes_whatever_stands_there,
    guards.a_release_frees_whatever_stands_there,
    guards.rows_one_by_one_instead_of_together,
    guards.rows_before_the_claim,
    guards.no_limit,
    guards.a_claim_is_lowered_for_another_hold,
    guards.an_earlier_claim_comes_back,
    guards.failed_seats_still_count,
    guards.the_map_goes_back_to_older_rows,
    guards.nobody_says_that_a_lease_has_ended,
)
"""Those that are missed within seconds."""


@pytest.mark.parametrize("seed", range(5))
def test_a_sale_in_bad_weather(seed: int) -> None:
    sale = Sale(seed)
    sale.run()
    assert sum(order.outcome == "sold" for order in sale.auditor.orders.values())


@pytest.mark.parametrize("guard", QUICK)
def test_without_its_guard_a_sale_goes_wrong(guard: Callable[[], Any]) -> None:
    assert caught(guard, seeds=12)


def test_the_same_seed_plays_the_same_sale() -> None:
    first, second = Sale(3), Sale(3)
    first.run()
    second.run()
    assert first.auditor.slots == second.auditor.slots
    assert first.world.injected == second.world.injected
