"""A short campaign at every `make test`; `make faults` runs ten thousand orders."""

from __future__ import annotations

from tests.faults import campaign

SEED = 11


def test_whatever_goes_wrong_every_order_ends_right() -> None:
    outcome = campaign.run(250, SEED)
    assert outcome.violations == [], f"replay with SEED={SEED} ORDERS=250"
    assert outcome.orders >= 200
    assert {"crash-before", "crash-after", "lost", "twice", "429"} <= set(outcome.struck)


def test_without_idempotency_keys_somebody_is_charged_twice() -> None:
    """The control: so the campaign would see it."""
    assert campaign.run(250, SEED, keys=False).double_charges
